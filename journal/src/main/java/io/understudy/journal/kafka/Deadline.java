package io.understudy.journal.kafka;

import io.understudy.journal.MirrorException;
import java.time.Duration;

/** A point in monotonic time by which something must be done. Not a clock: it knows no date. */
final class Deadline {
  private final long end;

  private Deadline(long end) {
    this.end = end;
  }

  static Deadline in(Duration limit) {
    return new Deadline(System.nanoTime() + limit.toNanos());
  }

  boolean passed() {
    return end - System.nanoTime() <= 0;
  }

  /** What is left, at most {@code most}, never negative. */
  Duration left(Duration most) {
    Duration left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    return left.compareTo(most) < 0 ? left : most;
  }

  /** Waits before another look. */
  void pause(Duration most, String operation) {
    try {
      Thread.sleep(left(most).toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MirrorException.Transient(operation + " was interrupted", e);
    }
  }
}
