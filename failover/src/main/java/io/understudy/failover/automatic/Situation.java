package io.understudy.failover.automatic;

import io.understudy.journal.DatabaseName;
import io.understudy.journal.Epoch;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * All that a decision is made from.
 *
 * @param underWay what is being done to the mirror; empty if it mirrors
 * @param sinceLast how long ago the last such promotion was begun; empty if there was none
 * @param sightings one of each observer that was heard of
 * @param candidates all standbys, in the order of the configuration
 */
public record Situation(
    Epoch epoch,
    DatabaseName source,
    Optional<String> underWay,
    Optional<Duration> sinceLast,
    List<Sighting> sightings,
    List<Candidate> candidates) {
  public Situation {
    sightings = List.copyOf(sightings);
    candidates = List.copyOf(candidates);
  }
}
