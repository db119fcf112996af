package io.understudy.app.http;

import io.understudy.app.status.StatusReport;
import io.understudy.app.status.StatusSource;
import java.time.Duration;

/**
 * Lets many ask for the status while the servers are asked at most once in {@link #AGE}. Whoever
 * comes while they are being asked waits for that answer; an older one is never shown.
 */
public final class StatusCache {
  static final Duration AGE = Duration.ofSeconds(1);

  private final Collector source;
  private final Duration age;
  private StatusReport latest;
  private long takenAt;

  public StatusCache(StatusSource source) {
    this(source::collect, AGE);
  }

  StatusCache(Collector source, Duration age) {
    this.source = source;
    this.age = age;
  }

  synchronized StatusReport get() throws InterruptedException {
    return get(age);
  }

  /** For who acts upon it at once: a tenth as old. */
  synchronized StatusReport fresh() throws InterruptedException {
    return get(age.dividedBy(10));
  }

  private StatusReport get(Duration oldest) throws InterruptedException {
    if (latest == null || System.nanoTime() - takenAt >= oldest.toNanos()) {
      latest = null;
      StatusReport taken = source.collect();
      takenAt = System.nanoTime();
      latest = taken;
    }
    return latest;
  }

  /** Takes the status. */
  @FunctionalInterface
  interface Collector {
    StatusReport collect() throws InterruptedException;
  }
}
