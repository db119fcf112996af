package io.understudy.app.chaos;

import java.time.Duration;

/** Waits for threads within a bound. */
final class Threads {
  private Threads() {}

  /**
   * @param complaint what to say if the thread is still alive after {@code limit}
   */
  static void join(Thread thread, Duration limit, String complaint) {
    try {
      thread.join(limit.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for " + thread.getName(), e);
    }
    if (thread.isAlive()) {
      throw new IllegalStateException(complaint);
    }
  }
}
