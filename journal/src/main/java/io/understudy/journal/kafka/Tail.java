package io.understudy.journal.kafka;

import io.understudy.journal.JournalEntry;
import io.understudy.journal.JournalRecord;
import io.understudy.journal.MirrorName;
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

  /**
   * Looks back from the end in growing steps until a step holds a record; the offsets behind it
   * then hold none, only aborted and control records.
   */
  static Tail read(MirrorName mirror, Consumer<byte[], byte[]> consumer, Deadline deadline) {
    TopicPartition journal = new TopicPartition(mirror.journalTopic(), 0);
    try {
      consumer.assign(List.of(journal));
      long end = consumer.endOffsets(List.of(journal)).get(journal);
      long start = consumer.beginningOffsets(List.of(journal)).get(journal);
      TailScan scan = new TailScan(journal, consumer, deadline);
      long upTo = end;
      for (long step = FIRST_LOOK; upTo > start; step *= GROWTH) {
        long from = Math.max(start, upTo - step);
        Optional<ConsumerRecord<byte[], byte[]>> last = scan.last(from, upTo);
        if (last.isPresent()) {
          JournalEntry entry = scan.entryEndingWith(last.get(), start);
          return new Tail(Optional.of(withoutChanges(entry)), ClaimHeader.of(last.get()), end);
        }
        upTo = from;
      }
      return new Tail(Optional.empty(), Optional.empty(), end);
    } catch (KafkaException e) {
      throw KafkaErrors.of(TailScan.OPERATION + journal.topic(), e);
    }
  }

  private static JournalEntry withoutChanges(JournalEntry entry) {
    return new JournalEntry(entry.offset(), entry.appended(), entry.record().withoutChanges());
  }

  /** 0 for an empty journal. */
  long term() {
    return entry.map(JournalEntry::record).map(JournalRecord::term).orElse(0L);
  }
}
