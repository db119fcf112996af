package io.understudy.app.init;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.understudy.app.harness.Machines;
import io.understudy.app.harness.ProductProcess;
import io.understudy.app.harness.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A user of the source who may do next to nothing there makes the standby do nothing at all. */
class ForgedMessagesIT {
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
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void whatOthersWriteIntoTheLogUnderTheMirrorsNameIsNotBelieved() throws Exception {
    try (InitRig rig = new InitRig(machines, "forged", "")) {
      rig.role("app_x");
      rig.onSource(
          "CREATE TABLE mark (id bigint PRIMARY KEY); CREATE TABLE t (id serial PRIMARY KEY);"
              + " INSERT INTO t DEFAULT VALUES; GRANT CREATE ON SCHEMA public TO app_x");
      rig.command(0, "init");
      ProductProcess run = rig.start("run");
      rig.onSource("INSERT INTO t DEFAULT VALUES; ALTER TABLE t ADD COLUMN v int");
      rig.awaitCaughtUp(run);

      for (String transactional : new String[] {"true", "false"}) {
        forge(rig, transactional, "", "x");
        forge(rig, transactional, ".ddl", "no JSON");
        forge(
            rig,
            transactional,
            ".ddl",
            "{\"tag\": \"DROP TABLE\", \"made\": \"DROP TABLE t\", \"nth\": 1, \"role\": \"\","
                + " \"outside\": false, \"settings\": {}}");
        forge(rig, transactional, ".sequences", "[[\"public\", \"t_id_seq\", 1, false, 0, 0]]");
      }
      assertThatThrownBy(() -> asUser(rig, "SELECT secret FROM understudy.seal_forged"))
          .hasMessageContaining("permission denied");
      assertThatThrownBy(() -> asUser(rig, "SELECT understudy.ddl_forged_log('x')"))
          .hasMessageContaining("permission denied");
      rig.awaitCaughtUp(run);
      assertThat(run.stderr()).containsOnlyOnce("that Understudy did not write");
      assertThat(rig.compareRows().toString()).isEqualTo("no findings");
      try (Connection standby = rig.standby()) {
        assertThat(Sql.number(standby, "SELECT last_value FROM t_id_seq")).isEqualTo(2);
      }

      // Inside a statement of its own a user may call the function to which the triggers tell
      // theirs.
      asUser(
          rig,
          """
          CREATE FUNCTION lie() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
            PERFORM understudy.ddl_forged_tell('ddl_command_end', 'DROP OWNED', 'postgres', '{public}', 'public', 'on');
            RETURN 1;
          END $$;
          CREATE TABLE mine (id int PRIMARY KEY);
          INSERT INTO mine VALUES (1);
          ALTER TABLE mine ADD COLUMN lie int DEFAULT lie();
          DROP OWNED BY app_x RESTRICT""");
      assertThat(held(rig)).contains("on whose behalf");
    }
  }

  private static String held(InitRig rig) throws SQLException {
    try (Connection standby = rig.standby()) {
      return Awaitility.await().atMost(LIMIT).until(() -> InitRig.held(standby), Objects::nonNull);
    }
  }

  private static void forge(InitRig rig, String transactional, String kind, String words)
      throws SQLException {
    asUser(
        rig,
        "SELECT pg_logical_emit_message(%s, 'understudy.forged%s', '%s')"
            .formatted(transactional, kind, words));
  }

  private static void asUser(InitRig rig, String sql) throws SQLException {
    try (Connection connection = rig.source();
        Statement statement = connection.createStatement()) {
      statement.execute("SET ROLE app_x");
      statement.execute(sql);
    }
  }
}
