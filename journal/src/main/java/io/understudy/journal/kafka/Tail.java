package io.understudy.journal.kafka;

import io.understudy.journal.JournalEntry;
import io.understudy.journal.JournalRecord;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import io.understudy.journal.codec.RecordCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * The last committed record of the journal: the only bookmark there is.
 *
 * @param entry empty if the journal holds no record
 * @param claim the mark of the writer that made the record, if the record began its term or ended
 *     its epoch
 * @param end the offset behind everything that is committed: records, aborted ones, and Kafka's own
 *     control records
 */
record Tail(Optional<JournalEntry> entry, Optional<UUID> claim, long end) {
  private static final long FIRST_LOOK = 16;
  private static final long GROWTH = 16;
  private static final Duration POLL = Duration.ofMillis(200);

  /**
   * Looks back from the end in growing steps until a step holds a record; the offsets behind it
   * then hold none, only aborted and control records.
   */
  static Tail read(
      MirrorName mirror, Consumer<byte[], byte[]> consumer, RecordCodec codec, Deadline deadline) {
    TopicPartition journal = new TopicPartition(mirror.journalTopic(), 0);
    String operation = "reading the end of topic " + journal.topic();
    try {
      consumer.assign(List.of(journal));
      long end = consumer.endOffsets(List.of(journal)).get(journal);
      long start = consumer.beginningOffsets(List.of(journal)).get(journal);
      long upTo = end;
      for (long step = FIRST_LOOK; upTo > start; step *= GROWTH) {
        long from = Math.max(start, upTo - step);
        consumer.seek(journal, from);
        ConsumerRecord<byte[], byte[]> last = null;
        while (consumer.position(journal) < upTo) {
          if (deadline.passed()) {
            throw new MirrorException.Transient(
                operation + " did not get past offset " + consumer.position(journal), null);
          }
          for (ConsumerRecord<byte[], byte[]> record : consumer.poll(deadline.left(POLL))) {
            last = record.offset() < upTo ? record : last;
          }
        }
        if (last != null) {
          return new Tail(Optional.of(entry(last, codec)), ClaimHeader.of(last), end);
        }
        upTo = from;
      }
      return new Tail(Optional.empty(), Optional.empty(), end);
    } catch (KafkaException e) {
      throw KafkaErrors.of(operation, e);
    }
  }

  static JournalEntry entry(ConsumerRecord<byte[], byte[]> record, RecordCodec codec) {
    byte[] value = record.value() == null ? new byte[0] : record.value();
    return new JournalEntry(
        record.offset(),
        Instant.ofEpochMilli(record.timestamp()),
        codec.decode(value, record.offset()));
  }

  /** 0 for an empty journal. */
  long term() {
    return entry.map(JournalEntry::record).map(JournalRecord::term).orElse(0L);
  }
}
