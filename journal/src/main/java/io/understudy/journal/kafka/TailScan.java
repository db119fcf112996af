package io.understudy.journal.kafka;

import io.understudy.journal.JournalEntry;
import io.understudy.journal.MirrorException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Looks for records between two offsets of a journal's topic, as often as is asked for. */
final class TailScan {
  static final String OPERATION = "reading the end of topic ";

  private static final long GROWTH = 16;
  private static final Duration POLL = Duration.ofMillis(200);

  private final TopicPartition journal;
  private final org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> kafka;
  private final Deadline deadline;

  TailScan(
      TopicPartition journal,
      org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> kafka,
      Deadline deadline) {
    this.journal = journal;
    this.kafka = kafka;
    this.deadline = deadline;
  }

  /** The last record at an offset from {@code from} to before {@code upTo}. */
  Optional<ConsumerRecord<byte[], byte[]>> last(long from, long upTo) {
    Latest<ConsumerRecord<byte[], byte[]>> last = new Latest<>();
    read(from, upTo, last::set);
    return last.get();
  }

  /**
   * The entry of which {@code last} is the last record. Its other fragments stand before it, mostly
   * one behind the other; but records of Kafka transactions that were aborted may have come between
   * them, so this looks further back until it has found the first.
   *
   * @param start the topic's first offset
   * @throws MirrorException.Invariant if fragments are missing
   */
  JournalEntry entryEndingWith(ConsumerRecord<byte[], byte[]> last, long start) {
    Optional<Fragment> fragment = EntryReader.fragment(last);
    if (fragment.isEmpty()) {
      return new EntryReader().accept(last).orElseThrow();
    }
    long from = last.offset() - fragment.get().number();
    for (long step = GROWTH; ; step *= GROWTH) {
      Fragments fragments = new Fragments(fragment.get());
      read(Math.max(from, start), last.offset() + 1, fragments::accept);
      if (fragments.beginNoFurtherBack() || from <= start) {
        return fragments.entry.get().orElseThrow(() -> incomplete(last, fragment.get(), start));
      }
      from -= step;
    }
  }

  private static MirrorException incomplete(
      ConsumerRecord<?, ?> last, Fragment fragment, long start) {
    return new MirrorException.Invariant(
        "the journal ends, at offset "
            + last.offset()
            + " of topic "
            + last.topic()
            + ", with fragment "
            + fragment.number()
            + " of a record that is not all there; the topic begins at offset "
            + start,
        EntryReader.REMEDY);
  }

  private void read(long from, long upTo, Consumer<ConsumerRecord<byte[], byte[]>> taker) {
    kafka.seek(journal, from);
    while (kafka.position(journal) < upTo) {
      if (deadline.passed()) {
        throw new MirrorException.Transient(
            OPERATION + journal.topic() + " did not get past offset " + kafka.position(journal),
            null);
      }
      for (ConsumerRecord<byte[], byte[]> record : kafka.poll(deadline.left(POLL))) {
        if (record.offset() < upTo) {
          taker.accept(record);
        }
      }
    }
  }

  /** What was set last, if anything. */
  private static final class Latest<T> {
    private T value;

    void set(T latest) {
      value = latest;
    }

    Optional<T> get() {
      return Optional.ofNullable(value);
    }
  }

  /** Passes over everything before the first fragment of one certain record. */
  private static final class Fragments {
    private final Fragment wanted;
    private final Latest<JournalEntry> entry = new Latest<>();
    private EntryReader reader;
    private boolean others;

    Fragments(Fragment wanted) {
      this.wanted = wanted;
    }

    /** What is committed of one record stands together. */
    boolean beginNoFurtherBack() {
      return reader != null || others;
    }

    void accept(ConsumerRecord<byte[], byte[]> record) {
      Optional<Fragment> fragment =
          EntryReader.fragment(record).filter(other -> other.isOfSameRecord(wanted));
      others |= fragment.isEmpty();
      if (fragment.isPresent() && fragment.get().number() == 0) {
        reader = new EntryReader();
      }
      if (reader != null) {
        reader.accept(record).ifPresent(entry::set);
      }
    }
  }
}
