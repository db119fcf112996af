package io.understudy.failover.automatic;

import java.time.Duration;

/**
 * For how long the source answered none of an unbroken row of probes. A row is broken when the
 * observer itself stood still: what it did not look at it did not see. Safe for use by several
 * threads; times are monotonic, in nanoseconds.
 */
public final class Silence {
  private static final long NONE = Long.MIN_VALUE;

  private final long longestGap;
  private long since = NONE;
  private long lastProbe = NONE;

  /**
   * @param longestGap between two probes of a row
   */
  public Silence(Duration longestGap) {
    this.longestGap = longestGap.toNanos();
  }

  /** A probe begins. */
  public synchronized void probe(long now) {
    boolean broken = lastProbe == NONE || now - lastProbe > longestGap;
    if (broken || since == NONE) {
      since = now;
    }
    lastProbe = now;
  }

  /** A probe was answered, however late. */
  public synchronized void answered() {
    since = NONE;
  }

  /** Up to now; nothing if the observer stands still. */
  public synchronized Duration at(long now) {
    return since == NONE || now - lastProbe > longestGap
        ? Duration.ZERO
        : Duration.ofNanos(now - since);
  }
}
