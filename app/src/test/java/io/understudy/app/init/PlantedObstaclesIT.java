package io.understudy.app.init;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.understudy.app.harness.Machines;
import io.understudy.app.harness.Sql;
import io.understudy.testkit.DatabaseServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A source and a standby with which everything is wrong, and a role that may nothing: one {@code
 * check} finds it all, the statements that it prints are run as they stand, and the next finds
 * nothing any more.
 */
class PlantedObstaclesIT {
  private static final String ROLE = "watcher";

  private static final String TABLES =
      """
      CREATE TABLE no_key (v text);
      CREATE TABLE "Odd one" (v text);
      CREATE TABLE unidentified (id int PRIMARY KEY);
      CREATE TABLE secret (id int PRIMARY KEY);
      CREATE SCHEMA closed;
      CREATE TABLE closed.inner_one (id int PRIMARY KEY);
      CREATE TABLE guarded (id int PRIMARY KEY);
      CREATE TABLE filled (id int PRIMARY KEY);
      CREATE TABLE noisy (id int PRIMARY KEY);
      CREATE TABLE ruled (id int PRIMARY KEY);
      CREATE TABLE hidden_there (id int PRIMARY KEY);
      CREATE TABLE locked_there (id int PRIMARY KEY);
      CREATE SEQUENCE numbers;
      CREATE TABLE numbered (id int PRIMARY KEY DEFAULT nextval('numbers'));
      """;

  private static final String SOURCE =
      TABLES
          + """
          CREATE EXTENSION citext;
          CREATE UNLOGGED TABLE unlogged (id int PRIMARY KEY);
          CREATE TABLE deferred (id int PRIMARY KEY DEFERRABLE);
          CREATE TABLE missing (id int PRIMARY KEY, v text);
          CREATE TABLE typed (id int PRIMARY KEY, v text);
          CREATE TABLE narrow (id int PRIMARY KEY, v text);
          CREATE TABLE wide (id int PRIMARY KEY);
          CREATE TABLE keyless_there (id int PRIMARY KEY);
          CREATE TABLE computed_there (id int PRIMARY KEY, v int);
          ALTER TABLE unidentified REPLICA IDENTITY NOTHING;
          ALTER TABLE guarded ENABLE ROW LEVEL SECURITY;
          GRANT SELECT ON ALL TABLES IN SCHEMA public TO watcher;
          REVOKE SELECT ON secret FROM watcher;
          CREATE COLLATION outdated (provider = icu, locale = 'de', version = '1');
          CREATE TABLE sorted (id int PRIMARY KEY, v text COLLATE outdated);
          GRANT SELECT ON sorted TO watcher;
          """;

  private static final String STANDBY =
      TABLES
          + """
          CREATE TABLE unlogged (id int PRIMARY KEY);
          CREATE TABLE deferred (id int PRIMARY KEY);
          CREATE TABLE typed (id int PRIMARY KEY, v varchar(3));
          CREATE TABLE narrow (id int PRIMARY KEY);
          CREATE TABLE wide (id int PRIMARY KEY, extra text);
          CREATE TABLE keyless_there (id int);
          CREATE TABLE computed_there (id int PRIMARY KEY, v int GENERATED ALWAYS AS (id * 2) STORED);
          CREATE TABLE sorted (id int PRIMARY KEY, v text);
          INSERT INTO filled VALUES (1);
          CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
          CREATE TRIGGER loud BEFORE INSERT ON noisy FOR EACH ROW EXECUTE FUNCTION shout();
          ALTER TABLE noisy ENABLE ALWAYS TRIGGER loud;
          CREATE RULE copied AS ON INSERT TO ruled DO ALSO NOTHING;
          ALTER TABLE ruled ENABLE ALWAYS RULE copied;
          GRANT ALL ON ALL TABLES IN SCHEMA public, closed TO watcher;
          GRANT USAGE ON SCHEMA closed TO watcher;
          REVOKE INSERT, DELETE ON locked_there FROM watcher;
          ALTER TABLE hidden_there ENABLE ROW LEVEL SECURITY;
          REVOKE TEMPORARY ON DATABASE everything FROM PUBLIC;
          """;

  private static final List<String> AT_SOURCE =
      List.of(
          "wal_level is 'replica'",
          "role watcher lacks the REPLICATION privilege",
          "max_replication_slots is 1, and all are in use",
          "max_wal_senders is 0, and all are in use",
          "public.no_key has no primary key",
          "public.Odd one has no primary key",
          "public.deferred has no primary key",
          "public.unidentified has no primary key",
          "public.unlogged is unlogged",
          "public.secret cannot be read",
          "closed.inner_one cannot be read",
          "public.guarded hides rows",
          "publication understudy_everything is not there or lacks tables",
          "table understudy.seal_everything is not there");

  private static final List<String> AT_STANDBY =
      List.of(
          "extension citext is not in the database",
          "does not own the database",
          "may not make the schema of the progress table",
          "may not make the temporary tables",
          "may not set session_replication_role",
          "may not end the sessions of other writers",
          "table public.missing is missing",
          "column v of table public.narrow is missing",
          "column v of table public.typed is character varying(3)",
          "column extra of table public.wide is on south but not on the source",
          "public.keyless_there has no unique key",
          "column v of table public.computed_there is generated on south",
          "trigger loud of table public.noisy",
          "rule copied of table public.ruled",
          "row security of table public.hidden_there",
          "on table public.locked_there",
          "may not move sequence public.numbers",
          "table public.filled holds rows");

  private static final String LATER = "a switchover ";

  private static final List<String> LATER_AT_SOURCE =
      List.of(
          "does not own the database",
          "may not make the schema of the progress table",
          "may not set session_replication_role",
          "may not end the sessions of other writers",
          "lacks INSERT, UPDATE, DELETE, TRUNCATE on table public.filled",
          "may not move sequence public.numbers");

  private static final List<String> LATER_AT_STANDBY =
      List.of(
          "wal_level is 'replica'",
          "role watcher lacks the REPLICATION privilege",
          "max_replication_slots is 1, and all are in use",
          "max_wal_senders is 0, and all are in use",
          "public.no_key has no primary key",
          "publication understudy_everything is not there or lacks tables",
          "table understudy.seal_everything is not there");

  private static Machines machines;

  @BeforeAll
  static void startServers() {
    machines = InitRig.machines();
  }

  @AfterAll
  static void stopServers() {
    machines.close();
  }

  @Test
  @Timeout(value = 8, unit = TimeUnit.MINUTES)
  void areAllFoundAtOnceAndRemovedByTheStatementsThatArePrinted() throws Exception {
    try (InitRig rig = new InitRig(machines, "everything", "").withLogin(ROLE)) {
      rig.loginRole(ROLE);
      rig.onSource(SOURCE);
      try (Connection standby = rig.standby()) {
        execute(standby, STANDBY);
      }
      unsettle(machines.source());
      unsettle(machines.standby());

      JsonNode found = json(rig.command(3, "check", "--json"));
      for (String planted : AT_SOURCE) {
        assertThat(whats(found, "obstacles", "north")).anyMatch(what -> what.contains(planted));
      }
      for (String planted : AT_STANDBY) {
        assertThat(whats(found, "obstacles", "south")).anyMatch(what -> what.contains(planted));
      }
      assertThat(found.get("obstacles")).hasSize(AT_SOURCE.size() + AT_STANDBY.size());
      assertThat(whats(found, "warnings", "north"))
          .anyMatch(what -> what.contains("max_slot_wal_keep_size is -1"))
          .anyMatch(what -> what.contains("collation public.outdated is of another version"));
      for (String planted : LATER_AT_SOURCE) {
        assertThat(later(found, "north")).anyMatch(what -> what.contains(planted));
      }
      for (String planted : LATER_AT_STANDBY) {
        assertThat(later(found, "south")).anyMatch(what -> what.contains(planted));
      }
      requireUntouched(rig);

      assertThat(follow(rig, found)).containsExactly("north", "south");
      JsonNode again = json(rig.command(0, "check", "--json"));
      assertThat(again.get("obstacles")).isEmpty();
      assertThat(follow(rig, again)).isEmpty(); // of the table that was missing on the standby
      requireNothingLater(rig);
      rig.command(0, "init");
    }
  }

  @Test
  void whatASwitchoverNeedsIsToldBeforeThereAreTables() throws Exception {
    String mover = "mover";
    try (InitRig rig = new InitRig(machines, "moving", "").withLogin(mover)) {
      rig.loginRole(mover);
      rig.onSource(
          """
          ALTER ROLE mover REPLICATION;
          GRANT CREATE ON DATABASE moving TO mover;
          GRANT CREATE ON SCHEMA public TO mover;
          SET ROLE mover;
          CREATE TABLE t (id int PRIMARY KEY)
          """);
      try (Connection standby = rig.standby()) {
        execute(standby, "ALTER DATABASE moving OWNER TO mover");
        execute(standby, "GRANT pg_signal_backend TO mover");
        execute(standby, "GRANT SET ON PARAMETER session_replication_role TO mover");
      }
      JsonNode found = json(rig.command(0, "check", "--json"));
      assertThat(later(found, "north"))
          .hasSize(3)
          .anyMatch(what -> what.contains("does not own the database"))
          .anyMatch(what -> what.contains("may not set session_replication_role"))
          .anyMatch(what -> what.contains("may not end the sessions of other writers"));
      assertThat(later(found, "south"))
          .hasSize(1)
          .anyMatch(what -> what.contains("role mover lacks the REPLICATION privilege"));
      assertThat(follow(rig, found)).isEmpty();
      requireNothingLater(rig);
    }
  }

  private static void requireNothingLater(InitRig rig) throws Exception {
    JsonNode found = json(rig.command(0, "check", "--json"));
    assertThat(later(found, "north")).isEmpty();
    assertThat(later(found, "south")).isEmpty();
  }

  private static List<String> later(JsonNode found, String where) {
    return whats(found, "warnings", where).stream().filter(what -> what.startsWith(LATER)).toList();
  }

  /** Settings of the server, with one slot that is in use. */
  private static void unsettle(DatabaseServer server) throws SQLException {
    try (Connection connection = server.connect()) {
      Sql.run(connection, "SELECT pg_create_physical_replication_slot('somebody_else')");
      Sql.run(connection, "ALTER SYSTEM SET wal_level = 'replica'");
      Sql.run(connection, "ALTER SYSTEM SET max_replication_slots = 1");
      Sql.run(connection, "ALTER SYSTEM SET max_wal_senders = 0");
    }
    server.restart();
  }

  private static void requireUntouched(InitRig rig) throws SQLException {
    try (Connection source = rig.source();
        Connection standby = rig.standby()) {
      assertThat(Sql.number(source, "SELECT count(*) FROM pg_publication")).isZero();
      assertThat(Sql.number(source, "SELECT count(*) FROM pg_replication_slots")).isOne();
      assertThat(Sql.text(standby, "SELECT to_regnamespace('understudy') IS NULL")).isEqualTo("t");
    }
  }

  /**
   * Runs each statement where it belongs, as a superuser, in the order they are printed in.
   *
   * @return whose servers were to be restarted, and were
   */
  private static Set<String> follow(InitRig rig, JsonNode found) throws SQLException {
    List<JsonNode> wanted = new ArrayList<>();
    found.get("obstacles").forEach(wanted::add);
    for (JsonNode warning : found.get("warnings")) {
      if (warning.get("what").asText().startsWith(LATER)) {
        wanted.add(warning);
      }
    }
    Set<String> restarts = new TreeSet<>();
    for (JsonNode obstacle : wanted) {
      String where = obstacle.get("where").asText();
      assertThat(obstacle.get("why").asText()).isNotBlank();
      assertThat(obstacle.path("statement").asText()).as(obstacle.toString()).isNotBlank();
      try (Connection connection = where.equals("north") ? rig.source() : rig.standby()) {
        execute(connection, obstacle.get("statement").asText());
      }
      if (obstacle.get("fix").asText().endsWith("; then restart the server")) {
        restarts.add(where);
      }
    }
    for (String where : restarts) {
      (where.equals("north") ? rig.machines.source() : rig.machines.standby()).restart();
    }
    return restarts;
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static JsonNode json(String said) throws Exception {
    return new ObjectMapper()
        .readTree(said.substring(said.indexOf("{\n"), said.lastIndexOf('}') + 1));
  }

  private static List<String> whats(JsonNode found, String severity, String where) {
    List<String> whats = new ArrayList<>();
    for (JsonNode finding : found.get(severity)) {
      if (finding.get("where").asText().equals(where)) {
        whats.add(finding.get("what").asText());
      }
    }
    return whats;
  }
}
