package io.understudy.failover.automatic;

import java.time.Duration;

/**
 * What has to hold before a standby is promoted without anybody asking.
 *
 * @param window for how long the source must be dead
 * @param minObservers the least number of observers that must have seen that
 * @param maxLag how far behind the source, as it was last seen, the standby may be
 * @param holdDown how long after one such promotion there is no other
 * @param freshness how old an observation may be
 * @param memory how long an observer that says nothing is still counted among all
 */
public record Rule(
    Duration window,
    int minObservers,
    Duration maxLag,
    Duration holdDown,
    Duration freshness,
    Duration memory) {}
