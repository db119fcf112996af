package io.understudy.app.init;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.app.harness.Machines;
import io.understudy.app.harness.ProductProcess;
import io.understudy.app.harness.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The source's schema changes under load, and standbys keep the same one. */
class SchemaChangesIT {
  private static final Logger log = LoggerFactory.getLogger(SchemaChangesIT.class);
  private static final int LEAST_STEPS = 100;
  private static final int KILLS = 5;

  /** Begins a message that the source refuses, and that leaves something behind. */
  private static final String FAILS = "--fails";

  private static final int LONG_TEXT = 1_500_000;
  private static final Duration LIMIT = Duration.ofMinutes(1);
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
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void aHistoryOfMigrationsArrivesWhileTheApplierIsKilled() throws Exception {
    List<String> steps =
        InitRig.script("migrations.sql").lines().filter(step -> !step.startsWith("--")).toList();
    assertThat(steps).hasSizeGreaterThan(LEAST_STEPS);
    arrives("migrations", steps);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tools", "catalog", "filled"})
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void whateverElseIsSentArrivesWhileTheApplierIsKilled(String history) throws Exception {
    String[] messages = InitRig.script(history + ".sql").split("(?m)^----\\n");
    List<String> steps = new ArrayList<>(List.of("CREATE TABLE mark (id bigint PRIMARY KEY)"));
    steps.addAll(List.of(messages).subList(1, messages.length)); // behind what the file is about
    String text = "CREATE FUNCTION long() RETURNS text LANGUAGE sql AS $$ SELECT '%s' $$";
    steps.add(text.formatted("x".repeat(LONG_TEXT)));
    arrives(history, steps);
  }

  private static void arrives(String name, List<String> steps) throws Exception {
    long seed = Long.getLong("schema.seed", System.nanoTime());
    log.info("seed: -Dschema.seed={}", seed);
    Random random = new Random(seed);
    try (InitRig rig = new InitRig(machines, name, "")) {
      for (String role : List.of("app_reader", "app_owner", "app_dropped", "app_x")) {
        rig.role(role);
      }
      step(rig, steps.get(0));
      rig.onSource(
          "GRANT CREATE ON SCHEMA public TO app_owner, app_reader, app_x;"
              + " GRANT SELECT ON mark TO app_dropped");
      String grant = "GRANT CREATE ON DATABASE " + name + " TO app_owner";
      Sql.run(rig::source, grant);
      Sql.run(rig::standby, grant); // a right on the database is the server's, and not carried
      rig.command(0, "init");
      ProductProcess run = rig.start("run");
      int every = steps.size() / KILLS;
      for (int i = 1; i < steps.size(); i++) {
        step(rig, steps.get(i));
        rig.onSource("INSERT INTO mark VALUES (" + -i + ")");
        if (i % every == every / 2) {
          Thread.sleep(random.nextInt(1_500));
          run.kill();
          run.start();
        }
      }
      rig.awaitCaughtUp(run);
      assertThat(rig.schema(machines.standby())).isEqualTo(rig.schema(machines.source()));
      assertThat(rig.compareRows().toString()).isEqualTo("no findings");
    }
  }

  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void whatIsMadeWhileInitRunsArrives() throws Exception {
    try (InitRig rig = new InitRig(machines, "beside", "")) {
      rig.onSource(
          "CREATE TABLE mark (id bigint PRIMARY KEY); CREATE TABLE t (id int PRIMARY KEY, v text);"
              + " INSERT INTO t SELECT n, 'v' FROM generate_series(1, 50000) n");
      AtomicBoolean made = new AtomicBoolean();
      CompletableFuture<Integer> making =
          CompletableFuture.supplyAsync(
              () -> {
                int n = 0;
                while (!made.get()) {
                  makeBeside(rig, ++n);
                }
                return n;
              });
      rig.command(0, "init");
      made.set(true);
      assertThat(making.get()).isGreaterThan(1);
      ProductProcess run = rig.start("run");
      rig.awaitCaughtUp(run);
      assertThat(rig.schema(machines.standby())).isEqualTo(rig.schema(machines.source()));
      assertThat(rig.compareRows().toString()).isEqualTo("no findings");
    }
  }

  private static void makeBeside(InitRig rig, int n) {
    try {
      rig.onSource("CREATE FUNCTION f" + n + "() RETURNS int LANGUAGE sql AS 'SELECT 1'");
      rig.onSource("CREATE VIEW v" + n + " AS SELECT f" + n + "() AS f, id FROM t");
      rig.onSource("CREATE TYPE e" + n + " AS ENUM ('a')");
      rig.onSource("CREATE INDEX i" + n + " ON t (v) WHERE id = " + n);
      Thread.sleep(50);
    } catch (SQLException | InterruptedException e) {
      throw new CompletionException(e);
    }
  }

  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void whatIsNotToBeReplayedHoldsTheStandbyUntilSomebodySaysWhatToDo() throws Exception {
    try (InitRig rig = new InitRig(machines, "holding", "ddl: hold\n")) {
      rig.onSource(
          "CREATE TABLE mark (id bigint PRIMARY KEY); CREATE TABLE t (id int PRIMARY KEY)");
      rig.command(0, "init");
      ProductProcess run = rig.start("run");
      rig.awaitCaughtUp(run);

      rig.onSource("ALTER TABLE t ADD COLUMN v int");
      rig.onSource("INSERT INTO t VALUES (1, 1)");
      String held = awaitHeld(rig);
      assertThat(held).contains("ALTER TABLE t ADD COLUMN v int", "ddl is set to hold");
      Awaitility.await()
          .atMost(LIMIT)
          .untilAsserted(
              () ->
                  assertThat(rig.command(0, "status"))
                      .contains("HELD", "ALTER TABLE t ADD COLUMN v int", "--skip-ddl"));
      try (Connection standby = rig.standby()) {
        assertThat(Sql.number(standby, "SELECT count(*) FROM t")).isZero();
        Sql.run(standby, "SET default_transaction_read_only = off; ALTER TABLE t ADD COLUMN v int");
      }
      assertThat(rig.command(0, "resume", "--ddl-done")).contains("taken as done: ALTER TABLE");
      rig.awaitCaughtUp(run);
      assertThat(rig.compareRows().toString()).isEqualTo("no findings");

      rig.onSource("CREATE INDEX on_v ON t (v)");
      assertThat(awaitHeld(rig)).contains("CREATE INDEX on_v");
      run.kill();
      run.start();
      assertThat(rig.command(0, "resume", "--skip-ddl")).contains("left out: CREATE INDEX");
      rig.awaitCaughtUp(run);
      try (Connection standby = rig.standby()) {
        assertThat(Sql.number(standby, "SELECT count(*) FROM pg_class WHERE relname = 'on_v'"))
            .isZero();
      }
      assertThat(rig.command(1, "resume", "--skip-ddl")).contains("no standby waits");
      assertThat(rig.command(2, "resume", "--skip-ddl", "--ddl-done")).contains("--ddl-done");
    }
  }

  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void whatFailsOnTheStandbyIsTriedAgainWhenItsCauseIsGone() throws Exception {
    try (InitRig rig = new InitRig(machines, "failing", "")) {
      rig.onSource(
          "CREATE TABLE mark (id bigint PRIMARY KEY); CREATE TABLE t (id int PRIMARY KEY)");
      rig.command(0, "init");
      ProductProcess run = rig.start("run");
      rig.awaitCaughtUp(run);
      try (Connection standby = rig.standby()) {
        Sql.run(standby, "SET default_transaction_read_only = off; CREATE TABLE more (x int)");
        rig.onSource(
            "BEGIN; INSERT INTO t VALUES (1); CREATE TABLE more (id int PRIMARY KEY);"
                + " INSERT INTO more VALUES (7); COMMIT");
        assertThat(awaitHeld(rig)).contains("CREATE TABLE more", "already exists");
        assertThat(Sql.number(standby, "SELECT count(*) FROM t")).isZero();
        Sql.run(standby, "DROP TABLE more");
      }
      assertThat(rig.command(0, "resume")).contains("tried once more: CREATE TABLE more");
      rig.awaitCaughtUp(run);
      assertThat(rig.compareRows().toString()).isEqualTo("no findings");
      assertThat(rig.schema(machines.standby())).isEqualTo(rig.schema(machines.source()));
    }
  }

  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void aTriggerThatWouldFireForMirroredChangesHoldsTheStandby() throws Exception {
    try (InitRig rig = new InitRig(machines, "firing", "")) {
      rig.onSource(
          """
          CREATE TABLE mark (id bigint PRIMARY KEY);
          CREATE TABLE t (id int PRIMARY KEY);
          CREATE TABLE noted (id int PRIMARY KEY);
          CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN INSERT INTO noted VALUES (NEW.id); RETURN NEW; END';
          CREATE TRIGGER note AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION note()""");
      rig.command(0, "init");
      ProductProcess run = rig.start("run");
      rig.awaitCaughtUp(run);
      rig.onSource("ALTER TABLE t ENABLE ALWAYS TRIGGER note");
      rig.onSource("INSERT INTO t VALUES (1)");
      assertThat(awaitHeld(rig)).contains("ENABLE ALWAYS TRIGGER note", "would fire");
      assertThat(rig.command(0, "resume", "--skip-ddl")).contains("left out: ALTER TABLE t");
      rig.awaitCaughtUp(run);
      rig.onSource("ALTER TABLE t ADD COLUMN v int; INSERT INTO t VALUES (2, 2)");
      rig.awaitCaughtUp(run);
      assertThat(rig.compareRows().toString()).isEqualTo("no findings");
    }
  }

  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void aPausedStandbyStaysAsItIs() throws Exception {
    try (InitRig rig = new InitRig(machines, "pausing", "")) {
      rig.onSource("CREATE TABLE mark (id bigint PRIMARY KEY)");
      rig.command(0, "init");
      ProductProcess run = rig.start("run");
      rig.awaitCaughtUp(run);
      assertThat(rig.command(0, "pause")).contains("south is paused");
      Awaitility.await()
          .atMost(LIMIT)
          .untilAsserted(() -> assertThat(rig.command(0, "status")).contains("HELD", "was paused"));
      rig.onSource("INSERT INTO mark VALUES (-1)");
      run.kill();
      run.start();
      Thread.sleep(3_000); // long enough for it to be there, if the pause did not hold
      try (Connection standby = rig.standby()) {
        assertThat(Sql.number(standby, "SELECT count(*) FROM mark WHERE id = -1")).isZero();
      }
      assertThat(rig.command(0, "resume", "--standby", "south")).contains("south goes on");
      rig.awaitCaughtUp(run);
      assertThat(rig.command(0, "resume")).contains("south was not held");
      assertThat(rig.command(2, "pause", "--standby", "north")).contains("has no standby north");
    }
  }

  private static String awaitHeld(InitRig rig) throws SQLException {
    try (Connection standby = rig.standby()) {
      return Awaitility.await().atMost(LIMIT).until(() -> InitRig.held(standby), Objects::nonNull);
    }
  }

  /** As one message, of however many statements. */
  private static void step(InitRig rig, String sql) throws SQLException {
    try (Connection connection = rig.simple();
        Statement statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      statement.execute(sql);
      assertThat(sql).doesNotStartWith(FAILS);
    } catch (SQLException e) {
      if (sql.startsWith(FAILS)) {
        return;
      }
      throw new SQLException(sql, e);
    }
  }
}
