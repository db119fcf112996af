package io.understudy.app.verify;

import io.understudy.journal.TableName;
import io.understudy.verify.TableResult;
import io.understudy.verify.VerifyProgress;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Tells people how far a verification is: now and then a line with what is left and how long that
 * will take. Safe for use by several threads.
 */
public final class VerifyTelling {
  private static final Duration PACE = Duration.ofSeconds(2);

  private final PrintWriter out;
  private final Supplier<Instant> clock;
  private final Map<TableName, Long> bytes = new HashMap<>();
  private final Map<TableName, Double> shares = new HashMap<>();
  private Instant began;
  private Instant lastTold;

  public VerifyTelling(PrintWriter out, Supplier<Instant> clock) {
    this.out = out;
    this.clock = clock;
  }

  synchronized void say(String what) {
    out.println(what);
    out.flush();
  }

  VerifyProgress progress() {
    return new VerifyProgress() {
      @Override
      public void planned(Map<TableName, Long> planned) {
        begin(planned);
      }

      @Override
      public void compared(TableName table, double share) {
        move(table, share);
      }

      @Override
      public void done(TableResult result) {
        move(result.table(), 1);
      }
    };
  }

  private synchronized void begin(Map<TableName, Long> planned) {
    bytes.clear();
    shares.clear();
    bytes.putAll(planned);
    began = clock.get();
    lastTold = began;
    say(planned.size() + " tables, " + size(total()) + " on the source's disk");
  }

  private synchronized void move(TableName table, double share) {
    shares.put(table, share);
    Instant now = clock.get();
    if (now.isBefore(lastTold.plus(PACE))) {
      return;
    }
    lastTold = now;
    double done =
        shares.entrySet().stream()
            .mapToDouble(it -> it.getValue() * bytes.getOrDefault(it.getKey(), 0L))
            .sum();
    double whole = Math.max(1, total());
    double seconds = Math.max(0.001, Duration.between(began, now).toMillis() / 1e3);
    say(
        String.format(
            Locale.ROOT,
            "%3.0f %%, %s of %s, %s/s, about %,.0f s left; at %s",
            100 * done / whole,
            size((long) done),
            size((long) whole),
            size((long) (done / seconds)),
            done == 0 ? 0 : (whole - done) * seconds / done,
            table));
  }

  private long total() {
    return bytes.values().stream().mapToLong(it -> it).sum();
  }

  static String size(long bytes) {
    String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < units.length - 1) {
      value /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", value, units[unit]);
  }
}
