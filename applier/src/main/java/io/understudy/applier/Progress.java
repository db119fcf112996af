package io.understudy.applier;

import io.understudy.journal.Epoch;
import io.understudy.journal.JournalEntry;
import io.understudy.journal.Position;
import io.understudy.journal.Sequence;
import java.time.Instant;

/**
 * How far a standby is: the content of its one progress row.
 *
 * @param epoch of the last record applied
 * @param sequence of the last complete transaction applied
 * @param position where the source's log stood then
 * @param commitTime of the last record applied, by the source's clock
 * @param topicId Kafka's id of the journal topic that {@code offset} counts in
 * @param offset of the last record applied; reading goes on behind it
 */
public record Progress(
    Epoch epoch,
    Sequence sequence,
    Position position,
    Instant commitTime,
    String topicId,
    long offset) {

  /**
   * Of a standby that has all there is up to a record that completes something.
   *
   * @param topicId Kafka's id of the journal topic that holds the record
   */
  public static Progress at(JournalEntry entry, String topicId) {
    return new Progress(
        entry.record().epoch(),
        entry.record().complete(),
        entry.record().position(),
        entry.record().commitTime(),
        topicId,
        entry.offset());
  }
}
