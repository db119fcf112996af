package io.understudy.failover;

import io.understudy.journal.DatabaseName;
import io.understudy.journal.Epoch;
import io.understudy.journal.Position;
import io.understudy.journal.Sequence;
import java.time.Instant;

/**
 * What a promotion came to.
 *
 * @param epoch that began
 * @param source of the new epoch
 * @param former source
 * @param sequence of the last transaction applied
 * @param position of the former source's log up to which everything was applied
 * @param commitTime at {@code position}, by the former source's clock: what it committed later may
 *     be missing
 */
public record PromotionReport(
    Epoch epoch,
    DatabaseName source,
    DatabaseName former,
    Sequence sequence,
    Position position,
    Instant commitTime) {}
