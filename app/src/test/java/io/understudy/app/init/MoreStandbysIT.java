package io.understudy.app.init;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.app.harness.Machines;
import io.understudy.app.harness.ProductProcess;
import io.understudy.app.harness.Sql;
import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Another standby, and another copy of a table, while the source is busy and the mirror runs. */
class MoreStandbysIT {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final String SCHEMA =
      """
      CREATE TABLE mark (id bigint PRIMARY KEY);
      CREATE TABLE parent (id int PRIMARY KEY, v text);
      CREATE TABLE child (id serial PRIMARY KEY, parent int NOT NULL REFERENCES parent, v text);
      CREATE TABLE bag (word text, n int);
      ALTER TABLE bag REPLICA IDENTITY FULL;
      CREATE MATERIALIZED VIEW seen AS SELECT count(*) FROM parent;
      INSERT INTO parent SELECT n, repeat('x', n % 100) FROM generate_series(1, 20000) n;
      INSERT INTO bag SELECT 'w' || n % 10, n % 7 FROM generate_series(1, 3000) n;
      INSERT INTO child (parent, v) SELECT n, 'c' FROM generate_series(1, 20000) n""";

  private static final String HELD =
      "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE '%copies tables'"
          + " AND datname = current_database()";

  private static Machines machines;

  @BeforeAll
  static void start() {
    machines = InitRig.machines();
  }

  @AfterAll
  static void stop() {
    machines.close();
  }

  @Test
  @Timeout(value = 6, unit = TimeUnit.MINUTES)
  void aSecondStandbyJoinsWhileTheFirstFollows() throws Exception {
    try (InitRig rig = new InitRig(machines, "joining", "")) {
      rig.onSource(SCHEMA);
      rig.command(0, "init");
      try (Load load = new Load(rig)) {
        rig.addStandby();
        ProductProcess run = rig.start("run");
        rig.awaitCaughtUp(run);
        Awaitility.await()
            .atMost(LIMIT)
            .untilAsserted(
                () -> assertThat(rig.command(0, "status")).contains("west", "understudy init"));

        load.awaitSteps(3);
        assertThat(rig.command(0, "init")).contains("west is filled");
        assertThat(rig.command(0, "pause", "--standby", "south")).contains("south is paused");
        rig.awaitCaughtUp(run, rig::west);
        load.awaitSteps(3);
        rig.awaitCaughtUp(run, rig::west);
        rig.command(0, "resume");
        load.end();
        rig.awaitCaughtUp(run, rig::west);
        rig.awaitCaughtUp(run);
        assertThat(rig.compareWest().toString()).isEqualTo("no findings");
        assertThat(rig.compareRows().toString()).isEqualTo("no findings");
        assertThat(rig.westSchema()).isEqualTo(rig.schema(machines.source()));
        assertThat(rig.schema(machines.standby())).isEqualTo(rig.schema(machines.source()));
        assertThat(rig.command(0, "verify")).contains("identical");
        assertThat(rig.command(5, "init")).contains("is complete");
      }
    }
  }

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void tablesAreCopiedAgainWhileTheyAreWrittenTo() throws Exception {
    try (InitRig rig = new InitRig(machines, "again", "")) {
      rig.onSource(SCHEMA);
      rig.command(0, "init");
      ProductProcess run = rig.start("run");
      try (Load load = new Load(rig);
          Connection standby = rig.standby()) {
        rig.awaitCaughtUp(run);
        Sql.run(
            standby,
            """
            SET default_transaction_read_only = off;
            UPDATE parent SET v = 'wrong' WHERE id % 50 = 0;
            INSERT INTO parent VALUES (-1, 'more');
            DELETE FROM child WHERE id BETWEEN 19000 AND 20000;
            INSERT INTO bag (word, n) VALUES ('more', 1), ('more', 1)""");
        String[] command = {
          "init", "--table", "public.parent", "--table", "public.ch*", "--table", "public.bag"
        };
        for (int i = 0; i < 2; i++) {
          ProductProcess killed = rig.start(command);
          Awaitility.await()
              .atMost(LIMIT.multipliedBy(3))
              .pollInterval(Duration.ofMillis(5))
              .until(() -> Sql.number(standby, HELD) > 0 || !killed.isAlive());
          Thread.sleep(100L * i);
          killed.kill();
          rig.awaitCaughtUp(run);
        }
        assertThat(rig.command(0, command)).contains("south: as north had them at");
        load.awaitSteps(2);
        load.end();
        rig.awaitCaughtUp(run);
        assertThat(rig.compareRows().toString()).isEqualTo("no findings");
        assertThat(rig.command(0, "verify")).contains("identical");
        assertThat(Sql.number(standby, "SELECT count(*) FROM understudy.copied")).isZero();
        assertThat(rig.command(5, "init", "--table", "public.nothing")).contains("has no table");
        assertThat(rig.command(2, "init", "--table", "bag")).contains("public.bag");
      }
    }
  }

  /** Rows of every table change, in transactions of several; now and then the schema does. */
  private static final class Load implements AutoCloseable {
    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicInteger steps = new AtomicInteger();
    private final CompletableFuture<Void> running;

    Load(InitRig rig) {
      running =
          CompletableFuture.runAsync(
              () -> {
                try (Connection connection = rig.source()) {
                  for (int i = 1; !stop.get(); i++) {
                    step(connection, i);
                    if (i % 40 == 0) {
                      Sql.run(connection, "CREATE TABLE new_" + i + " (id int PRIMARY KEY)");
                      Sql.run(connection, "INSERT INTO new_" + i + " VALUES (1)");
                      Sql.run(connection, "ALTER TABLE new_" + i + " ADD COLUMN c int");
                      steps.incrementAndGet();
                    }
                    if (i % 200 == 0) { // rarer than a copy of it takes
                      Sql.run(connection, "ALTER TABLE bag ADD COLUMN c" + i + " int");
                    }
                  }
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              });
    }

    private static void step(Connection connection, int i) throws Exception {
      Sql.run(
          connection,
          """
          BEGIN;
          UPDATE parent SET v = v || 'y' WHERE id %% 200 = %1$d %% 200;
          INSERT INTO parent VALUES (100000 + %1$d, 'new');
          INSERT INTO child (parent, v) VALUES (100000 + %1$d, 'of it');
          DELETE FROM child WHERE id = %1$d;
          INSERT INTO bag (word, n) VALUES ('w%1$d', 1);
          UPDATE bag SET n = n + 1 WHERE word = 'w' || %1$d %% 10;
          COMMIT"""
              .formatted(i));
      Thread.sleep(10);
    }

    void awaitSteps(int more) {
      int wanted = steps.get() + more;
      Awaitility.await()
          .atMost(LIMIT)
          .until(
              () -> {
                assertThat(running.isDone()).as("the load has ended").isFalse();
                return steps.get() >= wanted;
              });
    }

    void end() {
      stop.set(true);
      running.join();
    }

    @Override
    public void close() {
      end();
    }
  }
}
