package io.understudy.app.demo;

import io.understudy.applier.Progress;
import io.understudy.applier.Standby;
import io.understudy.journal.JournalEntry;
import io.understudy.journal.MirrorException;
import io.understudy.journal.kafka.Journal;
import io.understudy.testkit.JavaProcess;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * One line, twice a second: the marks, the lag, and whether the standby's money adds up in a
 * snapshot taken now.
 */
final class LiveLine {
  private static final Duration PACE = Duration.ofMillis(500);

  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private final Journal journal;
  private final Standby standby;
  private final Connection watcher;
  private final BankClients clients;
  private final PrintWriter out;
  private long tornSnapshots;
  private long snapshots;

  LiveLine(
      Journal journal, Standby standby, Connection watcher, BankClients clients, PrintWriter out) {
    this.journal = journal;
    this.standby = standby;
    this.watcher = watcher;
    this.clients = clients;
    this.out = out;
  }

  /** How many snapshots of the standby showed money made or lost. */
  long tornSnapshots() {
    return tornSnapshots;
  }

  long snapshots() {
    return snapshots;
  }

  void show(Duration howLong, String what) throws InterruptedException, SQLException {
    Instant end = Instant.now().plus(howLong);
    while (Instant.now().isBefore(end)) {
      line(what);
      Thread.sleep(PACE.toMillis());
    }
  }

  /**
   * Shows the line until a process has logged {@code state}, which a role does when it is at work.
   */
  void until(String state, JavaProcess process) throws InterruptedException, SQLException {
    Instant limit = Instant.now().plus(START_LIMIT);
    while (!process.stderr().contains(state)) {
      if (!process.isAlive() || Instant.now().isAfter(limit)) {
        throw new IllegalStateException("a role did not start: " + process.stderr());
      }
      show(PACE, "starting");
    }
  }

  private void line(String what) throws SQLException {
    Bank.Glance glance = Bank.glance(watcher);
    snapshots++;
    if (!glance.addsUp()) {
      tornSnapshots++;
    }
    // From the end of the way to its beginning: what is ahead is shown ahead.
    Optional<Progress> progress = standby.progress();
    String journaled = journaled();
    out.printf(
        Locale.ROOT,
        "  %-22s acknowledged %6d | journaled %6s | applied %6s | lag %6s | money on the standby %d %s%n",
        what,
        clients.acknowledged().size(),
        journaled,
        progress.map(p -> p.sequence().toString()).orElse("-"),
        lag(progress),
        glance.sum(),
        glance.addsUp() ? "adds up" : "DOES NOT ADD UP");
    out.flush();
  }

  private String journaled() {
    try {
      return journal.tail().map(JournalEntry::record).map(r -> r.complete().toString()).orElse("-");
    } catch (MirrorException.Transient e) {
      return "?";
    }
  }

  private static String lag(Optional<Progress> progress) {
    return progress
        .map(p -> Duration.between(p.commitTime(), Instant.now()).toMillis())
        .map(millis -> String.format(Locale.ROOT, "%.1f s", Math.max(0, millis) / 1000.0))
        .orElse("-");
  }
}
