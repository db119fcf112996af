package io.understudy.app.init;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.understudy.app.harness.Machines;
import io.understudy.app.harness.Sql;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Everything that was planted is found at once, and what is printed removes it. */
class CheckIT {
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
  void allObstaclesAreFoundAtOnceAndRemovedByWhatIsPrinted() throws Exception {
    try (InitRig rig = new InitRig(machines, "planted", "")) {
      rig.onSource(
          """
          CREATE EXTENSION citext;
          CREATE TABLE no_key (v text);
          CREATE TABLE "Odd one" (v text);
          CREATE UNLOGGED TABLE unlogged (id int PRIMARY KEY);
          CREATE TABLE deferred (id int PRIMARY KEY DEFERRABLE);
          CREATE TABLE missing (id int PRIMARY KEY);
          CREATE TABLE filled (id int PRIMARY KEY);
          CREATE TABLE typed (id int PRIMARY KEY, v text);
          CREATE TABLE narrow (id int PRIMARY KEY, v text);
          CREATE TABLE keyless_there (id int PRIMARY KEY)
          """);
      try (Connection standby = rig.standby();
          Statement statement = standby.createStatement()) {
        statement.execute(
            """
            CREATE TABLE no_key (v text);
            CREATE TABLE "Odd one" (v text);
            CREATE TABLE unlogged (id int PRIMARY KEY);
            CREATE TABLE deferred (id int PRIMARY KEY);
            CREATE TABLE filled (id int PRIMARY KEY);
            INSERT INTO filled VALUES (1);
            CREATE TABLE typed (id int PRIMARY KEY, v varchar(3));
            CREATE TABLE narrow (id int PRIMARY KEY);
            CREATE TABLE keyless_there (id int)
            """);
      }
      JsonNode found = json(rig.command(3, "check", "--json"));
      assertThat(whats(found.get("obstacles")))
          .anyMatch(what -> what.contains("public.no_key has no primary key"))
          .anyMatch(what -> what.contains("public.Odd one has no primary key"))
          .anyMatch(what -> what.contains("public.unlogged is unlogged"))
          .anyMatch(what -> what.contains("public.deferred has no primary key"))
          .anyMatch(what -> what.contains("public.missing"))
          .anyMatch(what -> what.contains("public.filled holds rows"))
          .anyMatch(what -> what.contains("column v of table public.typed"))
          .anyMatch(what -> what.contains("column v of table public.narrow is missing"))
          .anyMatch(what -> what.contains("public.keyless_there has no unique key"))
          .anyMatch(what -> what.contains("extension citext is not in the database"));
      assertThat(whats(found.get("warnings")))
          .anyMatch(what -> what.contains("max_slot_wal_keep_size is -1"));
      for (JsonNode obstacle : found.get("obstacles")) {
        assertThat(obstacle.get("why").asText()).isNotBlank();
        assertThat(obstacle.get("fix").asText()).isNotBlank();
      }
      try (Connection source = rig.source();
          Connection standby = rig.standby()) {
        assertThat(Sql.number(source, "SELECT count(*) FROM pg_replication_slots")).isZero();
        assertThat(Sql.number(source, "SELECT count(*) FROM pg_publication")).isZero();
        assertThat(Sql.text(standby, "SELECT to_regnamespace('understudy') IS NULL"))
            .isEqualTo("t");
        Sql.run(source, fixes(found, "north"));
        Sql.run(standby, fixes(found, "south"));
        Sql.run(standby, "CREATE TABLE missing (id int PRIMARY KEY); TRUNCATE filled");
      }
      String again = rig.command(0, "check");
      assertThat(again).contains("0 obstacles").contains("WARNINGS").contains("fix: ");
    }
  }

  @Test
  void aStandbyThatCannotBeReachedDoesNotHideTheSource() throws Exception {
    try (InitRig rig =
        new InitRig(machines, "away", "").withStandbyUrl("jdbc:postgresql://127.0.0.1:1/away")) {
      rig.onSource("CREATE TABLE no_key (v text)");
      assertThat(rig.command(3, "check"))
          .contains("public.no_key has no primary key")
          .contains("south: ")
          .contains("could not be");
    }
  }

  private static JsonNode json(String said) throws Exception {
    return new ObjectMapper()
        .readTree(said.substring(said.indexOf("{\n"), said.lastIndexOf('}') + 1));
  }

  private static List<String> whats(JsonNode findings) {
    List<String> whats = new ArrayList<>();
    findings.forEach(finding -> whats.add(finding.get("what").asText()));
    return whats;
  }

  /** The statements of one side, as far as they are statements. */
  private static String fixes(JsonNode found, String where) {
    StringBuilder script = new StringBuilder();
    for (JsonNode obstacle : found.get("obstacles")) {
      String fix = obstacle.get("fix").asText().replaceFirst("(, or |; then ).*", "");
      boolean statement = fix.matches("(?s)(ALTER|GRANT|CREATE EXTENSION).*");
      if (obstacle.get("where").asText().equals(where) && statement) {
        script.append(fix).append(";\n");
      }
    }
    return script.toString();
  }
}
