package io.understudy.app.run;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before trying again: doubles from {@code initial} to {@code max}, each time
 * shortened at random by up to half, so that processes which lost the same server do not come back
 * in step. Owned by one thread.
 */
final class Backoff {
  private final Duration initial;
  private final Duration max;
  private final RandomGenerator random;
  private Duration next;

  Backoff(Duration initial, Duration max, RandomGenerator random) {
    this.initial = initial;
    this.max = max;
    this.random = random;
    this.next = initial;
  }

  Duration next() {
    Duration full = next;
    Duration doubled = full.multipliedBy(2);
    next = doubled.compareTo(max) > 0 ? max : doubled;
    return full.minusNanos((long) (full.toNanos() / 2.0 * random.nextDouble()));
  }

  /** Something worked: start again from {@code initial}. */
  void reset() {
    next = initial;
  }
}
