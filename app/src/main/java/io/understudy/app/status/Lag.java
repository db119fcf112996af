package io.understudy.app.status;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How far something is behind the source; each part is empty if it is not known, and never better
 * than the truth.
 *
 * @param time since the last commit that arrived; grows while nothing arrives
 * @param transactions that are in the journal and not here
 * @param bytes of the source's log that are not here
 */
public record Lag(Optional<Duration> time, OptionalLong transactions, OptionalLong bytes) {
  static final Lag UNKNOWN = new Lag(Optional.empty(), OptionalLong.empty(), OptionalLong.empty());
}
