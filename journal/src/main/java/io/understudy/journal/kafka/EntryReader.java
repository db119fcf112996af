package io.understudy.journal.kafka;

import io.understudy.journal.JournalEntry;
import io.understudy.journal.MirrorException;
import io.understudy.journal.codec.RecordCodec;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Makes journal entries of Kafka records, of which a large entry takes several in a row. Keeps what
 * came of an entry so far, in one array of its final size.
 */
final class EntryReader {
  static final String REMEDY =
      "the journal was damaged, or something else wrote to it: restore the topic, or make the mirror anew: understudy init --again";

  private final RecordCodec codec = new RecordCodec();

  /** Null if the next record begins an entry. */
  private byte[] whole;

  private Fragment latest;
  private long latestOffset;
  private int filled;

  /**
   * The entry that ends with this record; empty if more of it is to come. Its offset is that of its
   * last record.
   *
   * @throws MirrorException.Invariant if the record does not go on where the last one ended, or is
   *     damaged
   * @throws MirrorException.Operator if this process has too little memory for the entry
   */
  Optional<JournalEntry> accept(ConsumerRecord<byte[], byte[]> record) {
    byte[] value = record.value() == null ? new byte[0] : record.value();
    Optional<Fragment> fragment = fragment(record);
    try {
      if (fragment.isEmpty()) {
        require(whole == null, record, "is a record of its own");
        return Optional.of(entry(record, value));
      }
      add(record, fragment.get(), value);
      if (filled < whole.length) {
        return Optional.empty();
      }
      byte[] complete = whole;
      whole = null;
      return Optional.of(entry(record, complete));
    } catch (OutOfMemoryError e) {
      // Arrays of this size fail by themselves: the rest of the process goes on as before.
      whole = null;
      throw new MirrorException.Operator(
          "the journal record that "
              + at(record)
              + " is part of ("
              + fragment.map(Fragment::total).orElse(value.length)
              + " bytes) does not fit into this process's memory of "
              + Runtime.getRuntime().maxMemory()
              + " bytes",
          "give it more memory, at least four times the record: UNDERSTUDY_OPTS=-Xmx…",
          e);
    }
  }

  private void add(ConsumerRecord<byte[], byte[]> record, Fragment fragment, byte[] value) {
    if (whole == null) {
      require(fragment.number() == 0, record, "is fragment " + fragment.number());
      require(
          fragment.total() > 0 && fragment.total() <= JournalLimits.DEFAULT.recordBytes(),
          record,
          "is a fragment of a record of " + fragment.total() + " bytes");
      whole = new byte[fragment.total()];
      filled = 0;
    } else {
      require(
          fragment.number() == latest.number() + 1 && fragment.isOfSameRecord(latest),
          record,
          "is fragment "
              + fragment.number()
              + (fragment.isOfSameRecord(latest) ? "" : " of another record"));
    }
    require(
        value.length > 0 && value.length <= whole.length - filled,
        record,
        "has " + value.length + " bytes where " + (whole.length - filled) + " are missing");
    System.arraycopy(value, 0, whole, filled, value.length);
    filled += value.length;
    latest = fragment;
    latestOffset = record.offset();
  }

  private JournalEntry entry(ConsumerRecord<byte[], byte[]> record, byte[] bytes) {
    return new JournalEntry(
        record.offset(),
        Instant.ofEpochMilli(record.timestamp()),
        codec.decode(bytes, record.offset()));
  }

  /**
   * @throws MirrorException.Invariant if it cannot be told
   */
  static Optional<Fragment> fragment(ConsumerRecord<byte[], byte[]> record) {
    try {
      return Fragment.of(record);
    } catch (IllegalArgumentException e) {
      throw new MirrorException.Invariant(at(record) + " " + e.getMessage(), REMEDY, e);
    }
  }

  private void require(boolean condition, ConsumerRecord<?, ?> record, String what) {
    if (!condition) {
      throw new MirrorException.Invariant(
          at(record)
              + " "
              + what
              + (whole == null
                  ? ", where a journal record should begin"
                  : ", where fragment "
                      + (latest.number() + 1)
                      + " of the journal record is due of which fragment "
                      + latest.number()
                      + " is at offset "
                      + latestOffset),
          REMEDY);
    }
  }

  private static String at(ConsumerRecord<?, ?> record) {
    return "the record at offset " + record.offset() + " of topic " + record.topic();
  }
}
