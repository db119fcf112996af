package io.understudy.app.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.app.harness.Engine;
import io.understudy.app.harness.Machines;
import io.understudy.app.harness.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long it takes from a commit on an idle source until its row is visible on the standby. Prints
 * it; asserts only that it was measured, because machines differ.
 */
class LatencyIT {
  private static final Logger log = LoggerFactory.getLogger(LatencyIT.class);
  private static final int WARM_UP = 50;
  private static final int TRANSACTIONS = 200;
  private static final String TABLE = "CREATE TABLE latency (id int PRIMARY KEY)";
  private static final Duration CATCH_UP = Duration.ofMinutes(1);
  private static final long PAUSE_MILLIS = 20;

  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void isMeasuredFromCommitToVisible() throws Exception {
    try (Machines machines = new Machines(Engine.POSTGRESQL);
        MirrorUnderTest mirror = new MirrorUnderTest(machines, "latency", Map.of())) {
      Sql.run(mirror.source(), TABLE);
      Sql.run(mirror.standby(), TABLE);
      mirror.init();
      mirror.reader("reader").start();
      mirror.applier("applier").start();
      try (Connection source = mirror.source().open();
          Connection standby = mirror.standby().open()) {
        for (int i = 0; i < WARM_UP; i++) {
          visibleAfterNanos(source, standby, i, mirror);
        }
        long[] nanos = new long[TRANSACTIONS];
        for (int i = 0; i < TRANSACTIONS; i++) {
          Thread.sleep(PAUSE_MILLIS);
          nanos[i] = visibleAfterNanos(source, standby, WARM_UP + i, mirror);
        }
        Arrays.sort(nanos);
        log.info(
            "commit to visible on the standby, {} transactions: median {} ms, 95 % {} ms, max {} ms",
            TRANSACTIONS,
            nanos[TRANSACTIONS / 2] / 1_000_000,
            nanos[TRANSACTIONS * 95 / 100] / 1_000_000,
            nanos[TRANSACTIONS - 1] / 1_000_000);
        assertThat(nanos[0]).isPositive();
      }
    }
  }

  private static long visibleAfterNanos(
      Connection source, Connection standby, int id, MirrorUnderTest mirror) throws SQLException {
    try (PreparedStatement insert = source.prepareStatement("INSERT INTO latency VALUES (?)");
        PreparedStatement select = standby.prepareStatement("SELECT FROM latency WHERE id = ?")) {
      insert.setInt(1, id);
      select.setInt(1, id);
      insert.executeUpdate();
      long committed = System.nanoTime();
      while (true) {
        try (ResultSet rows = select.executeQuery()) {
          long now = System.nanoTime() - committed;
          if (rows.next()) {
            return now;
          }
          assertThat(now).as("nanoseconds without the row").isLessThan(CATCH_UP.toNanos());
        }
        mirror.requireRunning();
        LockSupport.parkNanos(500_000);
      }
    }
  }
}
