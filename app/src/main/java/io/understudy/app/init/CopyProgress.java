package io.understudy.app.init;

import io.understudy.journal.DatabaseName;
import io.understudy.journal.TableName;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * Tells people how far the copy of a table is: now and then while it runs, and a line at its end.
 */
final class CopyProgress {
  private static final Duration PACE = Duration.ofSeconds(1);

  private final PrintWriter out;
  private final Supplier<Instant> clock;
  private String what;
  private long estimate;
  private Instant began;
  private Instant lastTold;

  CopyProgress(PrintWriter out, Supplier<Instant> clock) {
    this.out = out;
    this.clock = clock;
  }

  /**
   * @param estimatedRows 0 if unknown
   */
  void begin(DatabaseName standby, TableName table, int number, int tables, long estimatedRows) {
    what = standby + ": table " + number + " of " + tables + ", " + table;
    estimate = estimatedRows;
    began = clock.get();
    lastTold = began;
  }

  void rows(long rows) {
    Instant now = clock.get();
    if (now.isBefore(lastTold.plus(PACE))) {
      return;
    }
    lastTold = now;
    String ofAll = estimate >= rows ? String.format(Locale.ROOT, " of about %,d", estimate) : "";
    out.println(
        what
            + ": "
            + String.format(Locale.ROOT, "%,d", rows)
            + ofAll
            + " rows, "
            + rate(rows, now));
  }

  void end(long rows) {
    out.println(
        what
            + ": "
            + String.format(Locale.ROOT, "%,d", rows)
            + " rows copied, "
            + rate(rows, clock.get()));
  }

  private String rate(long rows, Instant now) {
    double seconds = Math.max(0.001, Duration.between(began, now).toNanos() / 1e9);
    return String.format(Locale.ROOT, "%,.0f rows/s, %.1f s", rows / seconds, seconds);
  }
}
