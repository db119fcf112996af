package io.understudy.app.status;

import io.understudy.journal.Position;
import io.understudy.journal.Sequence;
import java.time.Instant;

/**
 * How far something is.
 *
 * @param sequence of the last complete transaction
 * @param commitTime by the source's clock
 */
public record Mark(Sequence sequence, Position position, Instant commitTime) {}
