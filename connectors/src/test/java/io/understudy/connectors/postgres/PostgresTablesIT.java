package io.understudy.connectors.postgres;

import static io.understudy.connectors.postgres.Accounts.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.connectors.TablePatterns;
import io.understudy.journal.Change;
import io.understudy.journal.Column;
import io.understudy.journal.Relation;
import io.understudy.journal.Row;
import io.understudy.journal.TableName;
import io.understudy.journal.postgres.Lsn;
import io.understudy.testkit.PostgresServer;
import io.understudy.testkit.PostgresSettings;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Which tables and columns the log tells of, under which names, and when they change. */
@ParameterizedClass
@EnumSource(names = {"STREAM", "BITES", "DEBEZIUM"})
class PostgresTablesIT {
  @Parameter Reading reading;

  private static PostgresServer server;

  @BeforeAll
  static void startServer() {
    server = PostgresServer.start(PostgresSettings.defaults());
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @Test
  void rowsBehindAChangeOfTheTableHaveItsNewShape() throws Exception {
    try (SourceRig rig = SourceRig.with(reading, server, Accounts.DDL)) {
      Lsn start = rig.prepare();
      rig.sql(
          "BEGIN",
          "INSERT INTO accounts VALUES (1, 'ann')",
          "ALTER TABLE accounts ADD COLUMN vip boolean DEFAULT true",
          "INSERT INTO accounts VALUES (2, 'bob', NULL)",
          "ALTER TABLE accounts DROP COLUMN owner",
          "ALTER TABLE accounts ALTER COLUMN id TYPE numeric(8,2)",
          "INSERT INTO accounts VALUES (3, false)",
          "COMMIT",
          "ALTER TABLE accounts RENAME COLUMN vip TO important",
          "INSERT INTO accounts VALUES (4, true)");
      List<String> shapes =
          rig.changesFrom(start).stream()
              .filter(change -> change instanceof Change.Insert)
              .map(
                  change ->
                      ((Change.Insert) change).after().values().size()
                          + change.relations().get(0).columns().toString())
              .toList();
      assertThat(shapes.get(0)).startsWith("2").contains("owner").doesNotContain("vip");
      assertThat(shapes.get(1)).startsWith("3").contains("owner", "vip", "boolean");
      assertThat(shapes.get(shapes.size() - 2))
          .startsWith("2")
          .contains("numeric(8,2)", "vip")
          .doesNotContain("owner");
      assertThat(shapes.get(shapes.size() - 1)).contains("important").doesNotContain("vip");
    }
  }

  @Test
  void partitionsComeUnderTheirOwnNamesAlsoThoseMadeLater() throws Exception {
    try (SourceRig rig =
        SourceRig.with(
            reading,
            server,
            "CREATE TABLE events (id int, day int, PRIMARY KEY (id, day)) PARTITION BY RANGE (day)",
            "CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (1) TO (10)")) {
      assertThat(rig.source.tables())
          .extracting(r -> r.table().table())
          .containsExactly("events_1");
      Lsn start = rig.prepare();
      rig.sql(
          "INSERT INTO events VALUES (1, 5)",
          "CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM (10) TO (20)",
          "INSERT INTO events VALUES (2, 15)",
          "UPDATE events SET day = 16 WHERE id = 1",
          "TRUNCATE events");
      List<Change> changes = rig.changesFrom(start);
      assertThat(changes)
          .flatExtracting(Change::relations)
          .extracting(r -> r.table().table() + " " + r.partition().orElseThrow())
          .containsOnly(
              "events_1 Partition[root=public.events,"
                  + " constraint=((day IS NOT NULL) AND (day >= 1) AND (day < 10))]",
              "events_2 Partition[root=public.events,"
                  + " constraint=((day IS NOT NULL) AND (day >= 10) AND (day < 20))]");
      List<String> read =
          changes.stream()
              .map(
                  change ->
                      change.getClass().getSimpleName()
                          + change.relations().stream().map(r -> r.table().table()).toList())
              .toList();
      assertThat(read)
          .containsExactly(
              "Insert[events_1]",
              "Insert[events_2]",
              "Delete[events_1]",
              "Insert[events_2]",
              "Truncate[events_1, events_2]");
    }
  }

  @Test
  void generatedColumnsDoNotTravel() throws Exception {
    try (SourceRig rig =
        SourceRig.with(
            reading,
            server,
            "CREATE TABLE sums (id int PRIMARY KEY, a int,"
                + " twice int GENERATED ALWAYS AS (a * 2) STORED, b int)")) {
      Relation expected =
          new Relation(
              new TableName("public", "sums"),
              List.of(
                  new Column("id", "integer", true),
                  new Column("a", "integer", false),
                  new Column("b", "integer", false)));
      assertThat(rig.source.tables()).containsExactly(expected);
      Lsn start = rig.prepare();
      rig.sql("INSERT INTO sums (id, a, b) VALUES (1, 2, 3)");
      assertThat(rig.changesFrom(start))
          .containsExactly(new Change.Insert(expected, Row.of(text(1), text(2), text(3))));
    }
  }

  @Test
  void namesAreKeptWhateverTheyContain() throws Exception {
    String schema = "\"S.1 a\"\"b,c\"";
    String table = schema + ".\"T.2 x\"\"y,\\z [ä]\nnew\"";
    try (SourceRig rig =
            SourceRig.with(
                reading,
                server,
                "CREATE SCHEMA " + schema,
                "CREATE TABLE " + table + " (\"Id.3 p\"\"q,r\" int PRIMARY KEY, \"select\" text)");
        Replica replica = Replica.of(rig)) {
      assertThat(rig.source.obstacles()).isEmpty();
      Lsn start = rig.prepare();
      rig.sql(
          "INSERT INTO " + table + " VALUES (1, 'a'), (2, 'b'), (3, 'c')",
          "UPDATE " + table + " SET \"Id.3 p\"\"q,r\" = 9 WHERE \"select\" = 'b'",
          "DELETE FROM " + table + " WHERE \"select\" = 'c'");
      List<Change> changes = rig.changesFrom(start);
      assertThat(changes).hasSize(5);
      assertThat(changes.get(0).relations()).isEqualTo(rig.source.tables());
      for (Change change : changes) {
        replica.apply(change);
      }
      replica.assertSameAs(rig);
    }
  }

  @Test
  void onlyTablesThatThePatternsMatchAreRead() throws Exception {
    TablePatterns patterns = new TablePatterns(List.of("public.*"), List.of("public.skip*"));
    try (SourceRig rig =
        SourceRig.matching(
            reading,
            server,
            patterns,
            Accounts.DDL,
            "CREATE SCHEMA other",
            "CREATE TABLE other.t (id int PRIMARY KEY)",
            "CREATE TABLE skipped (id int PRIMARY KEY)",
            "CREATE TABLE parted (id int PRIMARY KEY) PARTITION BY RANGE (id)",
            "CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (10)",
            "CREATE TABLE skip_2 PARTITION OF parted FOR VALUES FROM (10) TO (20)",
            "CREATE SCHEMA understudy",
            "CREATE TABLE understudy.mirror (id int PRIMARY KEY)")) {
      Lsn start = rig.prepare();
      rig.sql(
          "INSERT INTO other.t VALUES (1)",
          "INSERT INTO skipped VALUES (1)",
          "INSERT INTO understudy.mirror VALUES (1)",
          "INSERT INTO parted VALUES (1), (11), (2)",
          "INSERT INTO accounts VALUES (1, 'ann')");
      assertThat(rig.changesFrom(start))
          .extracting(change -> change.relations().get(0).table().table())
          .containsExactly("parted_1", "parted_1", "accounts");
    }
  }

  @Test
  void aDroppedTablesRowsAreStillRead() throws Exception {
    try (SourceRig rig =
            SourceRig.with(
                reading,
                server,
                Accounts.DDL,
                "CREATE TYPE mood AS ENUM ('sad', 'glad')",
                "CREATE TABLE gone (id int PRIMARY KEY, note text)",
                "CREATE TABLE full_gone (id int, note text)",
                "ALTER TABLE full_gone REPLICA IDENTITY FULL");
        Replica replica = Replica.of(rig)) {
      Lsn start = rig.prepare();
      for (String table : List.of("gone", "full_gone")) {
        rig.sql(
            "INSERT INTO " + table + " VALUES (1, 'a'), (2, 'b'), (3, NULL)",
            "UPDATE " + table + " SET note = 'c' WHERE id = 1",
            "UPDATE " + table + " SET id = 9 WHERE id = 2",
            "DELETE FROM " + table + " WHERE id = 3",
            "DROP TABLE " + table);
      }
      rig.sql("INSERT INTO accounts VALUES (1, 'ann')");
      for (Change change : rig.changesFrom(start)) {
        replica.apply(change);
      }
      replica.assertSameAs(rig);
      assertThat(replica.print("SELECT string_agg(t::text, ' ' ORDER BY id) FROM public.gone t"))
          .isEqualTo("(1,c) (9,b)");
      assertThat(
              replica.print("SELECT string_agg(t::text, ' ' ORDER BY id) FROM public.full_gone t"))
          .isEqualTo("(1,c) (9,b)");
    }
  }
}
