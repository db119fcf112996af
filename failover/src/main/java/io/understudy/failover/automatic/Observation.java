package io.understudy.failover.automatic;

import io.understudy.journal.DatabaseName;
import io.understudy.journal.Epoch;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What one observer knows of the source. All durations are by its own monotonic clock, up to when
 * it said so: clocks of two hosts are never compared.
 *
 * @param observer a name that nobody else ever has
 * @param epoch whose source it looks at
 * @param silent for how long each probe was begun and none was answered; zero if the last was
 * @param probe what came of the last probe, for people
 * @param sourceTime what the source's clock said when it answered last; empty if it never did
 * @param still for how long the journal was watched, and nothing of the source came
 * @param progressed whether that began with something that came; else with the watching
 */
public record Observation(
    String observer,
    Epoch epoch,
    DatabaseName source,
    Duration silent,
    String probe,
    Optional<Instant> sourceTime,
    Duration still,
    boolean progressed) {

  /** Whether the source was dead for all of {@code window}. */
  boolean dead(Duration window) {
    return silent.compareTo(window) >= 0 && still.compareTo(window) >= 0;
  }

  /** Whether the source lived within {@code window}, whatever probes said. */
  boolean journaled(Duration window) {
    return progressed && still.compareTo(window) < 0;
  }
}
