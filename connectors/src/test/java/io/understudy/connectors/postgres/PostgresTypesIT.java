package io.understudy.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.understudy.connectors.InitialCopy;
import io.understudy.journal.Change;
import io.understudy.journal.Relation;
import io.understudy.journal.Value;
import io.understudy.journal.postgres.Lsn;
import io.understudy.journal.postgres.Quoting;
import io.understudy.testkit.PostgresServer;
import io.understudy.testkit.PostgresSettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every type's values arrive as they print: what comes through the log, or the copy, is entered
 * into a second database as plain literals, and both servers then print the same.
 */
@ParameterizedClass
@EnumSource(names = {"STREAM", "BITES", "DEBEZIUM"})
class PostgresTypesIT {
  @Parameter Reading reading;

  private static final Path CASES = Path.of("../../shared/cases/pg/debezium");
  private static PostgresServer server;

  @BeforeAll
  static void startServer() {
    // Printing defaults that would be wrong if the reading session took them over.
    server =
        PostgresServer.start(
            PostgresSettings.defaults()
                .with("datestyle", "german")
                .with("intervalstyle", "sql_standard")
                .with("timezone", "Asia/Kathmandu")
                .with("bytea_output", "escape")
                .with("extra_float_digits", "-5"));
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  private static String resource(String name) throws Exception {
    try (var in = PostgresTypesIT.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void edgeValuesOfEveryTypeArriveAsTheyPrint() throws Exception {
    arrive(resource("types.sql"), List.of(resource("values.sql")));
  }

  @Test
  void theTypesOfDebeziumsOwnTestsArriveAsTheyPrint() throws Exception {
    assumeTrue(Files.isDirectory(CASES), "the shared cases are not at hand");
    String ddl =
        Files.readString(CASES.resolve("init_database.ddl"))
            + Files.readString(CASES.resolve("postgres_create_tables.ddl"))
            + "ALTER TABLE table_without_pk REPLICA IDENTITY FULL;"
            + "CREATE TABLE IF NOT EXISTS macaddr8_table (pk SERIAL PRIMARY KEY, m MACADDR8);";
    List<String> inserts = new ArrayList<>();
    // Lifted from Java source, escapes and all.
    String statements =
        Pattern.compile("\\\\u(\\p{XDigit}{4})")
            .matcher(Files.readString(CASES.resolve("debezium_type_inserts.sql")))
            .replaceAll(c -> Character.toString(Integer.parseInt(c.group(1), 16)));
    for (String insert : statements.split(";\\s*\n", -1)) {
      if (!insert.contains("postgis")) {
        inserts.add("SET search_path = public;" + insert);
      }
    }
    assertThat(inserts.size()).isGreaterThan(25);
    arrive(ddl, inserts);
  }

  /** By the copy, by the log as inserts, as updates of every row, and as deletes. */
  private void arrive(String ddl, List<String> inserts) throws Exception {
    try (SourceRig rig = SourceRig.with(reading, server, ddl);
        Replica replica = Replica.of(rig)) {
      assertThat(rig.source.obstacles()).isEmpty();
      for (String insert : inserts) {
        rig.sql(insert);
      }
      Lsn start;
      try (InitialCopy copy = rig.source.prepare(1)) {
        start = (Lsn) copy.position();
        replica.load(copy);
      }
      replica.assertSameAs(rig);

      for (Relation table : rig.source.tables()) {
        rig.sql("DELETE FROM " + Quoting.name(table.table()));
      }
      for (String insert : inserts) {
        rig.sql(insert);
      }
      for (Change change : rig.changesFrom(start)) {
        replica.apply(change);
      }
      replica.assertSameAs(rig);
      assertThat(
              rig.source.tables().stream()
                  .map(Relation::table)
                  .filter(table -> replica.rows(table) == 0))
          .as("tables without a row to compare")
          .hasSizeLessThan(rig.source.tables().size() / 2);
    }
  }

  @Test
  void aLargeValueThatAChangeLeavesAloneComesAsUnchangedWhateverItsType() throws Exception {
    List<String> types =
        List.of(
            "text",
            "varchar",
            "bytea",
            "json",
            "jsonb",
            "xml",
            "text[]",
            "int[]",
            "bigint[]",
            "date[]",
            "uuid[]",
            "bytea[]",
            "jsonb[]",
            "hstore",
            "tsvector",
            "numeric",
            "mood[]",
            "pair",
            "longname",
            "int4range[]",
            "public.citext",
            "bit varying",
            "path");
    StringBuilder ddl = new StringBuilder("CREATE EXTENSION hstore; CREATE EXTENSION citext;");
    ddl.append("CREATE TYPE mood AS ENUM ('sad', 'glad'); CREATE TYPE pair AS (a text, b text);");
    ddl.append("CREATE DOMAIN longname AS text;");
    ddl.append("CREATE TABLE large (id int PRIMARY KEY, n int");
    for (int i = 0; i < types.size(); i++) {
      ddl.append(", c").append(i).append(' ').append(types.get(i));
    }
    ddl.append(");");
    for (int i = 0; i < types.size(); i++) {
      ddl.append("ALTER TABLE large ALTER COLUMN c" + i + " SET STORAGE EXTERNAL;");
    }
    try (SourceRig rig = SourceRig.with(reading, server, ddl.toString());
        Replica replica = Replica.of(rig)) {
      Lsn start = rig.prepare();
      rig.sql(
          resource("large.sql"),
          "UPDATE large SET n = 2",
          "UPDATE large SET id = 7",
          "UPDATE large SET c0 = '__debezium_unavailable_value', c1 = 'unchanged'");
      List<Change> changes = rig.changesFrom(start);
      for (Change change : changes) {
        replica.apply(change);
      }
      replica.assertSameAs(rig);
      for (int i : new int[] {1, 2}) {
        List<Value> after = ((Change.Update) changes.get(i)).after().values();
        assertThat(Stream.of(0, 1)).noneMatch(c -> after.get(c).equals(Value.UNCHANGED));
        for (int c = 2; c < after.size(); c++) {
          assertThat(after.get(c)).as(types.get(c - 2)).isEqualTo(Value.UNCHANGED);
        }
      }
      assertThat(((Change.Update) changes.get(3)).after().get(2))
          .isEqualTo(new Value.Text("__debezium_unavailable_value"));
    }
  }
}
