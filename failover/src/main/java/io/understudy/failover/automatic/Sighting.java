package io.understudy.failover.automatic;

import java.time.Duration;

/**
 * The last observation of one observer, as the leader has it.
 *
 * @param age since when it may have been made, at most, by the leader's monotonic clock
 * @param heard how long ago it came
 */
public record Sighting(Observation observation, Duration age, Duration heard) {}
