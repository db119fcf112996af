package io.understudy.app.init;

import io.understudy.connectors.CopyPart;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.TableName;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Tells people how far a copy is: a line for each table when it is done, and while large ones run a
 * bar, with what is left and how long that will take. On a terminal the bar stays in its place,
 * with a line for each table under way; elsewhere it is a line now and then, the rarer the longer
 * it takes. Safe for use by several threads.
 */
final class CopyProgress {
  private static final Duration PACE = Duration.ofSeconds(2);
  private static final Duration TERMINAL_PACE = Duration.ofSeconds(1);

  /** Of the time that passed, so much between two lines of a log. */
  private static final int RARER = 20;

  private static final int BAR = 20;

  /** What no terminal breaks. */
  private static final int COLUMNS = 79;

  private final DatabaseName standby;
  private final Supplier<String> more;
  private final PrintWriter out;
  private final Supplier<Instant> clock;
  private final Map<TableName, Table> tables = new HashMap<>();
  private final long bytes;
  private final Instant began;
  private final int count;
  private long bytesDone;
  private int tablesDone;
  private final boolean terminal;
  private Instant lastTold;
  private int linesShown;

  private static final class Table {
    private int partsLeft;
    private long bytes;
    private long bytesDone;
    private long rows;
    private Instant began;
    private final Map<CopyPart, Long> underWay = new HashMap<>();
  }

  /**
   * @param more to be told with each bar
   * @param terminal whether {@code out} is one
   */
  CopyProgress(
      DatabaseName standby,
      List<CopyPart> parts,
      Supplier<String> more,
      PrintWriter out,
      Supplier<Instant> clock,
      boolean terminal) {
    this.standby = standby;
    this.more = more;
    this.out = out;
    this.clock = clock;
    this.terminal = terminal;
    this.began = clock.get();
    this.lastTold = began;
    for (CopyPart part : parts) {
      Table table = tables.computeIfAbsent(part.table().table(), name -> new Table());
      table.partsLeft++;
      table.bytes += part.bytes();
    }
    this.count = tables.size();
    this.bytes = parts.stream().mapToLong(CopyPart::bytes).sum();
  }

  /** Whether the launcher says that the output is one. */
  static boolean onTerminal() {
    return Boolean.getBoolean("understudy.terminal");
  }

  /**
   * @param copied of the part until now; what travels is about as large as what is on the disk
   */
  synchronized void moved(CopyPart part, long copied) {
    Table table = begun(part);
    table.underWay.put(part, Math.min(copied, part.bytes()));
    Instant now = clock.get();
    if (!now.isBefore(lastTold.plus(pace(now)))) {
      lastTold = now;
      tell(now);
    }
  }

  synchronized void done(CopyPart part, long rows) {
    Table table = begun(part);
    table.underWay.remove(part);
    table.rows += rows;
    table.bytesDone += part.bytes();
    bytesDone += part.bytes();
    if (--table.partsLeft > 0) {
      return;
    }
    tables.remove(part.table().table());
    double seconds = seconds(table.began, clock.get());
    say(
        String.format(
            Locale.ROOT,
            "table %d of %d, %s: %,d rows copied, %,.0f rows/s, %.1f s",
            ++tablesDone,
            count,
            part.table().table(),
            table.rows,
            table.rows / seconds,
            seconds));
  }

  private Duration pace(Instant now) {
    if (terminal) {
      return TERMINAL_PACE;
    }
    Duration rarer = Duration.between(began, now).dividedBy(RARER);
    return rarer.compareTo(PACE) > 0 ? rarer : PACE;
  }

  private Table begun(CopyPart part) {
    Table table = tables.get(part.table().table());
    if (table.began == null) {
      table.began = clock.get();
    }
    return table;
  }

  private void tell(Instant now) {
    long moving = tables.values().stream().mapToLong(CopyProgress::underWay).sum();
    double done = Math.min(bytes, bytesDone + moving);
    double share = done / Math.max(1, bytes);
    double seconds = seconds(began, now);
    String all =
        String.format(
            Locale.ROOT,
            "[%-" + BAR + "s] %.0f %%, %.0f of %.0f MiB, %.1f MiB/s, %s left",
            "#".repeat((int) (share * BAR)),
            100 * share,
            done / (1 << 20),
            (double) bytes / (1 << 20),
            done / (1 << 20) / seconds,
            left(seconds, share));
    List<String> each =
        tables.entrySet().stream()
            .filter(table -> !table.getValue().underWay.isEmpty())
            .map(table -> table(table.getKey(), table.getValue(), now))
            .sorted()
            .toList();
    if (terminal) {
      draw(all + more.get(), each);
    } else {
      say(all + ": " + String.join("; ", each) + more.get());
    }
  }

  private void draw(String all, List<String> each) {
    clear();
    show(standby + ": " + all);
    each.forEach(line -> show("  " + line));
    out.flush();
  }

  private void show(String line) {
    out.println(line.substring(0, Math.min(COLUMNS, line.length())));
    linesShown++;
  }

  /** Back to where the bar began, and away with it. */
  private void clear() {
    if (linesShown > 0) {
      out.print("\033[" + linesShown + "A\033[J");
      linesShown = 0;
    }
  }

  private static String table(TableName name, Table table, Instant now) {
    double done = table.bytesDone + underWay(table);
    double share = done / Math.max(1, table.bytes);
    double seconds = seconds(table.began, now);
    return String.format(
        Locale.ROOT,
        "%s %.0f %%, %.1f MiB/s, %s left",
        name,
        100 * share,
        done / (1 << 20) / seconds,
        left(seconds, share));
  }

  private static String left(double seconds, double share) {
    return share <= 0
        ? "unknown"
        : String.format(Locale.ROOT, "about %,.0f s", seconds * (1 - share) / share);
  }

  private static long underWay(Table table) {
    return table.underWay.values().stream().mapToLong(Long::longValue).sum();
  }

  private static double seconds(Instant from, Instant to) {
    return Math.max(0.001, Duration.between(from, to).toNanos() / 1e9);
  }

  /** A line of its own. */
  synchronized void say(String what) {
    clear();
    out.println(standby + ": " + what);
    out.flush();
  }
}
