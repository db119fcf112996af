package io.understudy.app.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.understudy.app.harness.Engine;
import io.understudy.app.harness.Machines;
import io.understudy.app.harness.OverEngines;
import io.understudy.app.harness.ProductProcess;
import io.understudy.app.harness.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
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
      "INSERT INTO large SELECT n, concat('row number ', n) FROM " + Sql.numbers(ROWS);
  private static final Duration STEP = Duration.ofMinutes(6);

  /** Of about 1,200 pieces; so many are in the journal when the reader is killed. */
  private static final long MIDDLE_PIECES = 400;

  /** So many are in the standby's table, uncommitted, when the applier is killed. */
  private static final long MIDDLE_ROWS = 600_000;

  @OverEngines
  @Timeout(value = 20, unit = TimeUnit.MINUTES)
  void passesThroughSmallProcessesThatAreKilledInTheMiddle(Engine engine) throws Exception {
    try (Machines machines = new Machines(engine);
        MirrorUnderTest mirror = new MirrorUnderTest(machines, "large", Map.of())) {
      Sql.run(mirror.source(), TABLE);
      Sql.run(mirror.standby(), TABLE);
      mirror.init();
      ProductProcess reader = mirror.reader("reader");
      ProductProcess applier = mirror.applier("applier");
      reader.start();
      applier.start();
      try (SnapshotWatcher watcher = new SnapshotWatcher(mirror)) {
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
    Sql.run(mirror.source(), INSERT);
    log.info("the source committed {} rows", ROWS);
    LedgerClients.load(mirror, 2);
    until(
        "pieces are in the journal",
        mirror,
        () -> mirror.journal().end() > journaled + MIDDLE_PIECES);
    reader.kill();
    reader.start();
    String underWay = mirror.engine().dialect().rowsUnderWay("large");
    long before = number(mirror, underWay);
    until("rows are on the standby", mirror, () -> number(mirror, underWay) > before + MIDDLE_ROWS);
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
        "SELECT CASE WHEN EXISTS (SELECT 1 FROM large) THEN (SELECT count(*) FROM large) ELSE 0 END");
  }

  private static long number(MirrorUnderTest mirror, String sql) throws SQLException {
    try (Connection connection = mirror.standby().open()) {
      return Sql.number(connection, sql);
    }
  }
}
