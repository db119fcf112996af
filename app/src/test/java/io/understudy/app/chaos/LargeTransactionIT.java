package io.understudy.app.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.understudy.app.harness.Machines;
import io.understudy.app.harness.ProductProcess;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Two million rows in one transaction, through processes of 256 MiB that are each killed in the
 * middle of it: it arrives whole, at once, among the small transactions around it.
 */
class LargeTransactionIT {
  private static final Logger log = LoggerFactory.getLogger(LargeTransactionIT.class);
  private static final long ROWS = 2_000_000;
  private static final String TABLE = "CREATE TABLE large (id bigint PRIMARY KEY, note text)";
  private static final String INSERT =
      "INSERT INTO large SELECT i, 'row number ' || i FROM generate_series(1, " + ROWS + ") i";
  private static final Duration STEP = Duration.ofMinutes(6);

  /** Of about 1,200 pieces; so many are in the journal when the reader is killed. */
  private static final long MIDDLE_PIECES = 400;

  /**
   * Of about 130 MB; so much is in the standby's table, uncommitted, when the applier is killed.
   */
  private static final long MIDDLE_BYTES = 40_000_000;

  @Test
  @Timeout(value = 20, unit = TimeUnit.MINUTES)
  void passesThroughSmallProcessesThatAreKilledInTheMiddle() throws Exception {
    try (Machines machines = new Machines();
        MirrorUnderTest mirror = new MirrorUnderTest(machines, "large", Map.of())) {
      MirrorUnderTest.execute(mirror.source(), TABLE);
      MirrorUnderTest.execute(mirror.standby(), TABLE);
      mirror.init();
      ProductProcess reader = mirror.reader("reader");
      ProductProcess applier = mirror.applier("applier");
      reader.start();
      applier.start();
      try (SnapshotWatcher watcher = new SnapshotWatcher(mirror.standby(), mirror.findings())) {
        LedgerClients.load(mirror, 1);
        mirror.checker().awaitCaughtUp(STEP, mirror::requireRunning);
        killInTheMiddle(mirror, reader, applier);
        until("rows are visible", mirror, () -> visible(mirror) > 0);
        assertThat(visible(mirror)).as("rows visible at once").isEqualTo(ROWS);
        mirror.check(STEP);
        assertThat(watcher.snapshots()).isPositive();
      }
      assertThat(mirror.findings().toString()).isEqualTo("no findings");
    }
  }

  private static void killInTheMiddle(
      MirrorUnderTest mirror, ProductProcess reader, ProductProcess applier) throws Exception {
    long journaled = mirror.journal().end();
    MirrorUnderTest.execute(mirror.source(), INSERT);
    log.info("the source committed {} rows", ROWS);
    LedgerClients.load(mirror, 2);
    until(
        "pieces are in the journal",
        mirror,
        () -> mirror.journal().end() > journaled + MIDDLE_PIECES);
    reader.kill();
    reader.start();
    long bytes = number(mirror, "SELECT pg_relation_size('large')");
    until(
        "rows are on the standby",
        mirror,
        () -> number(mirror, "SELECT pg_relation_size('large')") > bytes + MIDDLE_BYTES);
    assertThat(visible(mirror)).as("rows visible before all are there").isZero();
    applier.kill();
    applier.start();
  }

  private static void until(String what, MirrorUnderTest mirror, Callable<Boolean> condition) {
    long start = System.nanoTime();
    await(what)
        .atMost(STEP)
        .pollInterval(Duration.ofMillis(500))
        .until(
            () -> {
              mirror.requireRunning();
              return condition.call();
            });
    log.info("{} after {} ms", what, (System.nanoTime() - start) / 1_000_000);
  }

  /** All visible rows, if any is. */
  private static long visible(MirrorUnderTest mirror) throws SQLException {
    return number(
        mirror,
        "SELECT CASE WHEN EXISTS (SELECT FROM large) THEN (SELECT count(*) FROM large) ELSE 0 END");
  }

  private static long number(MirrorUnderTest mirror, String sql) throws SQLException {
    try (Connection connection = mirror.standby().open();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }
}
