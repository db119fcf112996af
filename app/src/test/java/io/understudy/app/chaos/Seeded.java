package io.understudy.app.chaos;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Seed and length of a run: given on the command line, or fresh and short. Says at once how to run
 * the same again.
 */
record Seeded(long seed, Duration duration) {
  private static final Logger log = LoggerFactory.getLogger(Seeded.class);
  private static final Duration SHORT = Duration.ofSeconds(30);

  static Seeded fromCommandLine() {
    long seed = Long.getLong("chaos.seed", System.nanoTime() % 1_000_000);
    Seeded run =
        new Seeded(seed, Duration.ofSeconds(Long.getLong("chaos.seconds", SHORT.toSeconds())));
    log.info("seed {}; the same again: {}", seed, run.again());
    return run;
  }

  /** Whether somebody asked for more than a build has time for. */
  boolean isLong() {
    return duration.compareTo(SHORT) > 0;
  }

  String again() {
    return "make chaos SEED=" + seed + " DURATION=" + duration.toSeconds();
  }
}
