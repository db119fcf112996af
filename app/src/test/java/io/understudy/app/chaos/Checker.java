package io.understudy.app.chaos;

import io.understudy.app.harness.Connections;
import io.understudy.app.harness.Dialect;
import io.understudy.app.harness.Findings;
import io.understudy.app.harness.RowComparison;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The oracle: decides after a run whether the standby is what the source is, without asking the
 * product anything. {@link SnapshotWatcher} does the same during the run; both write to one {@link
 * Findings}.
 */
final class Checker {
  static final String CATCH_UP = "catching up";
  private static final Logger log = LoggerFactory.getLogger(Checker.class);
  private static final long LOOK_MILLIS = 200;

  private final Dialect dialect;
  private final Connections source;
  private final Connections standby;
  private final Supplier<JournalAudit> journal;
  private final Findings findings;

  Checker(
      Dialect dialect,
      Connections source,
      Connections standby,
      Supplier<JournalAudit> journal,
      Findings findings) {
    this.dialect = dialect;
    this.source = source;
    this.standby = standby;
    this.journal = journal;
    this.findings = findings;
  }

  /**
   * Waits until the standby shows as many transactions as the source, where nothing writes any
   * more.
   *
   * @param running throws if a process of the mirror ended
   */
  void awaitCaughtUp(Duration limit, Runnable running) throws SQLException, InterruptedException {
    long start = System.nanoTime();
    try (Connection left = source.open();
        Connection right = standby.open()) {
      Counts expected = Counts.read(left);
      Counts seen = Counts.read(right);
      while (seen.rows() < expected.rows() || seen.historyRows() < expected.historyRows()) {
        if (System.nanoTime() - start > limit.toNanos()) {
          findings.add(
              CATCH_UP,
              "after %s the standby shows %s, the source %s".formatted(limit, seen, expected));
          return;
        }
        running.run();
        Thread.sleep(LOOK_MILLIS);
        seen = Counts.read(right);
      }
      log.info("caught up with {} in {} ms", expected, (System.nanoTime() - start) / 1_000_000);
    }
  }

  /**
   * Compares everything; call it when the standby has caught up.
   *
   * @return what the journal holds
   */
  JournalRules run(History history) throws SQLException {
    new LedgerAudit("source", source, findings).run(history);
    new LedgerAudit("standby", standby, findings).run(history);
    long rows = new RowComparison(dialect, source, standby, findings).run();
    JournalRules rules = journal.get().run(findings);
    try (Connection connection = source.open()) {
      Counts expected = Counts.read(connection);
      if (rules.ledgerNumber() != expected.highest()
          || rules.historyRows() != expected.historyRows()) {
        findings.add(
            JournalRules.JOURNAL,
            "holds the ledger up to %d and %d rows of history, the source %d and %d"
                .formatted(
                    rules.ledgerNumber(),
                    rules.historyRows(),
                    expected.highest(),
                    expected.historyRows()));
      }
    }
    log.info(
        "compared {} rows; journal: {} transactions of {} readers, {} started anew; acknowledged {},"
            + " unknown {}",
        rows,
        rules.transactions(),
        rules.terms(),
        rules.abandoned(),
        history.with(History.Outcome.COMMITTED).size(),
        history.with(History.Outcome.MAYBE).size());
    return rules;
  }
}
