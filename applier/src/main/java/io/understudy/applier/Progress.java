package io.understudy.applier;

import io.understudy.journal.Epoch;
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
    long offset) {}
