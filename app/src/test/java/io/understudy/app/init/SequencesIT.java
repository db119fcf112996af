package io.understudy.app.init;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.app.harness.Connections;
import io.understudy.app.harness.Machines;
import io.understudy.app.harness.ProductProcess;
import io.understudy.app.harness.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sequences of standbys stand where the source's do, and go on behind them after a promotion. */
@Timeout(value = 6, unit = TimeUnit.MINUTES)
class SequencesIT {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final String SCHEMA =
      """
      CREATE TABLE mark (id bigint PRIMARY KEY);
      CREATE SEQUENCE up;
      CREATE SEQUENCE down INCREMENT -3 START -5;
      CREATE SEQUENCE round MINVALUE 10 MAXVALUE 100000 START 99995 CYCLE;
      CREATE SEQUENCE cached CACHE 50;
      CREATE SEQUENCE shared START 1000;
      CREATE SEQUENCE small AS smallint MAXVALUE 60;
      CREATE SEQUENCE sleeper;
      CREATE TABLE owner (id bigserial PRIMARY KEY, n int GENERATED ALWAYS AS IDENTITY (INCREMENT 5), v text);
      CREATE TABLE a (id bigint PRIMARY KEY DEFAULT nextval('shared'), v text);
      CREATE TABLE b (id bigint PRIMARY KEY DEFAULT nextval('shared'), v text);
      CREATE SCHEMA "Other"; CREATE SEQUENCE "Other"."odd ' name" START 7""";

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
  void standbysAreSetToWhereTheSourceStands() throws Exception {
    String tables = "tables: { include: [\"public.*\", \"Other.*\"] }\n";
    try (InitRig rig = new InitRig(machines, "sequences", tables)) {
      rig.onSource(SCHEMA);
      rig.onSource("INSERT INTO owner (v) SELECT 'before' FROM generate_series(1, 30)");
      rig.onSource("SELECT nextval('up') FROM generate_series(1, 7)");
      rig.command(0, "init");
      rig.addStandby();
      ProductProcess run = rig.start("run");
      requireSame(rig, rig::standby, run);

      rig.onSource(
          """
          INSERT INTO owner (v) SELECT 'more' FROM generate_series(1, 12);
          INSERT INTO a (v) VALUES ('x'); INSERT INTO b (v) VALUES ('x'), ('y');
          SELECT nextval('up'), nextval('down'), nextval('cached');
          SELECT nextval('round') FROM generate_series(1, 20);
          SELECT nextval('"Other"."odd '' name"')""");
      requireSame(rig, rig::standby, run);
      assertThat(values(rig::standby)).containsEntry("public.round", "23 true");

      rig.onSource("SELECT setval('up', 2); SELECT setval('shared', 1001, false)");
      rig.onSource("TRUNCATE owner RESTART IDENTITY");
      rig.onSource("CREATE TABLE later (id serial PRIMARY KEY); CREATE SEQUENCE free START 70");
      rig.onSource("INSERT INTO later SELECT FROM generate_series(1, 9); SELECT nextval('free')");
      rig.onSource("ALTER SEQUENCE cached RENAME TO renamed; SELECT nextval('renamed')");
      requireSame(rig, rig::standby, run);

      rig.command(0, "init");
      requireSame(rig, rig::west, run);
    }
  }

  @Test
  void nothingThatALostSourceHandedOutIsHandedOutAgain() throws Exception {
    try (InitRig rig = new InitRig(machines, "lost", "")) {
      rig.onSource(SCHEMA);
      rig.command(0, "init");
      ProductProcess run = rig.start("run");
      rig.awaitCaughtUp(run);
      rig.onSource("SELECT nextval('small') FROM generate_series(1, 4)");
      rig.onSource("SELECT nextval('up') FROM generate_series(1, 500)");
      try (HandedOut handedOut = new HandedOut(rig)) {
        handedOut.awaitEach(2000);
        rig.onSource("SELECT setval('up', 3)");
        handedOut.forget("up");
        handedOut.awaitEach(5000);
        handedOut.wake();
        handedOut.awaitSleeper(20);
        machines.source().kill9();
        handedOut.awaitEnd();
        String said = rig.command(0, "promote", "--to", "south");
        try (Connection south = rig.standby()) {
          handedOut.requireNothingTwice(south, said);
        }
      } finally {
        machines.source().startAgain();
      }
    }
  }

  private static void requireSame(InitRig rig, Connections standby, ProductProcess run) {
    Awaitility.await()
        .atMost(LIMIT)
        .untilAsserted(
            () -> {
              run.requireRunning();
              assertThat(values(standby)).isEqualTo(values(rig::source));
            });
  }

  private static Map<String, String> values(Connections database) throws SQLException {
    Map<String, String> values = new TreeMap<>();
    try (Connection connection = database.open();
        Statement names = connection.createStatement();
        ResultSet row =
            names.executeQuery(
                "SELECT schemaname || '.' || sequencename,"
                    + " format('%I.%I', schemaname, sequencename) FROM pg_sequences"
                    + " WHERE schemaname <> 'understudy'")) {
      while (row.next()) {
        values.put(
            row.getString(1),
            Sql.text(connection, "SELECT last_value || ' ' || is_called FROM " + row.getString(2)));
      }
    }
    return values;
  }
}
