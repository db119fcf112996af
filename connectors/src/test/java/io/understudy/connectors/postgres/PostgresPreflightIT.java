package io.understudy.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.understudy.connectors.InitialCopy;
import io.understudy.connectors.Obstacle;
import io.understudy.connectors.Source;
import io.understudy.connectors.SourceLog;
import io.understudy.connectors.TablePatterns;
import io.understudy.connectors.Unmirrored;
import io.understudy.journal.MirrorException;
import io.understudy.journal.RowForm;
import io.understudy.testkit.PostgresServer;
import io.understudy.testkit.PostgresSettings;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Each obstacle is found, and gone once its remedy was followed. */
class PostgresPreflightIT {
  private static final TablePatterns ALL = new TablePatterns(List.of("*.*"), List.of());
  private static PostgresServer server;

  @BeforeAll
  static void startServer() {
    server =
        PostgresServer.start(
            PostgresSettings.defaults()
                .with("max_replication_slots", "4")
                .with("max_wal_senders", "4"));
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  private static Obstacle only(Source source) {
    List<Obstacle> obstacles = source.obstacles();
    assertThat(obstacles).hasSize(1);
    return obstacles.get(0);
  }

  /** The remedy up to where it stops being SQL. */
  private static String statement(Obstacle obstacle) {
    return obstacle.remedy().replaceFirst("(, or |; as |; then ).*", "");
  }

  private static void followed(SourceRig rig, String object, String problem) throws SQLException {
    Obstacle obstacle = only(rig.source);
    assertThat(obstacle.object()).contains(object);
    assertThat(obstacle.sentence()).contains(problem);
    rig.sql(statement(obstacle));
    assertThat(rig.source.obstacles()).isEmpty();
  }

  @Test
  void aTableThatNothingIdentifiesRowsOf() throws Exception {
    try (SourceRig rig = SourceRig.with(server, "CREATE TABLE \"No Key\" (v text)")) {
      MirrorException.Operator refused =
          catchThrowableOfType(MirrorException.Operator.class, () -> rig.source.prepare(1));
      assertThat(refused).hasMessageContaining("No Key").hasMessageContaining("no primary key");
      assertThat(refused.remedy()).contains("REPLICA IDENTITY FULL");
      assertThat(rig.ask("SELECT count(*) FROM pg_publication")).isEqualTo("0");
      followed(rig, "No Key", "no primary key");
    }
  }

  @Test
  void aTableWhoseOnlyKeyIsDeferrableOrSwitchedOff() throws Exception {
    try (SourceRig rig = SourceRig.with(server, "CREATE TABLE d (v text PRIMARY KEY DEFERRABLE)")) {
      followed(rig, "public.d", "no primary key");
    }
    try (SourceRig rig =
        SourceRig.with(
            server,
            "CREATE TABLE n (v text PRIMARY KEY)",
            "ALTER TABLE n REPLICA IDENTITY NOTHING")) {
      followed(rig, "public.n", "no primary key");
    }
  }

  @Test
  void anUnloggedTable() throws Exception {
    try (SourceRig rig = SourceRig.with(server, "CREATE UNLOGGED TABLE u (v text PRIMARY KEY)")) {
      followed(rig, "public.u", "unlogged");
    }
  }

  @Test
  void namesThatDebeziumDoesNotTellApart() throws Exception {
    try (SourceRig rig =
        SourceRig.with(
            Reading.DEBEZIUM,
            server,
            "CREATE TABLE c (id int PRIMARY KEY, \"Name\" text, name text)",
            "CREATE SCHEMA a",
            "CREATE SCHEMA \"a.b\"",
            "CREATE TABLE a.\"b.c\" (id int PRIMARY KEY)",
            "CREATE TABLE \"a.b\".c (id int PRIMARY KEY)",
            "CREATE TABLE \"\"\"quoted\"\"\" (id int PRIMARY KEY)")) {
      assertThat(rig.source.obstacles())
          .extracting(Obstacle::problem)
          .satisfiesExactlyInAnyOrder(
              problem -> assertThat(problem).contains("only by case"),
              problem -> assertThat(problem).contains("same dotted name"),
              problem -> assertThat(problem).contains("begins or ends with a quote"));
      try (Source withNative =
          SourceRig.source(Reading.STREAM, server, rig.database, ALL, PostgresServer.USER)) {
        assertThat(withNative.obstacles()).isEmpty();
      }
    }
  }

  @Test
  void noTableThatMatches() throws Exception {
    try (SourceRig rig =
        SourceRig.matching(
            Reading.STREAM, server, new TablePatterns(List.of("sales.*"), List.of()))) {
      assertThat(only(rig.source).problem()).contains("matches the include patterns");
    }
  }

  @Test
  void aDatabaseThatIsNotUtf8() throws Exception {
    try (Connection connection = server.connect(PostgresServer.USER);
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE DATABASE ascii ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
    }
    try (Source source =
        SourceRig.source(Reading.STREAM, server, "ascii", ALL, PostgresServer.USER)) {
      assertThat(source.obstacles())
          .anySatisfy(obstacle -> assertThat(obstacle.problem()).contains("SQL_ASCII"));
    }
  }

  @Test
  void slotsAndSendersThatAreAllInUse() throws Exception {
    try (SourceRig rig = SourceRig.with(server, "CREATE TABLE t (v text PRIMARY KEY)")) {
      for (int i = 0; i < 4; i++) {
        rig.sql("SELECT pg_create_physical_replication_slot('full" + i + "')");
      }
      Obstacle obstacle = only(rig.source);
      assertThat(obstacle.object()).isEqualTo("max_replication_slots");
      assertThat(obstacle.remedy()).contains("ALTER SYSTEM SET max_replication_slots = 8");
      for (int i = 0; i < 4; i++) {
        rig.sql("SELECT pg_drop_replication_slot('full" + i + "')");
      }
      assertThat(rig.source.obstacles()).isEmpty();
    }
  }

  @Test
  void aLogWithoutWhatAMirrorNeeds() throws Exception {
    try (PostgresServer replica =
        PostgresServer.start(PostgresSettings.defaults().with("wal_level", "replica"))) {
      SourceRig rig = SourceRig.with(replica, "CREATE TABLE t (v text PRIMARY KEY)");
      Obstacle obstacle = only(rig.source);
      assertThat(obstacle.object()).isEqualTo("wal_level");
      rig.sql(statement(obstacle));
      replica.restart();
      await()
          .ignoreExceptionsInstanceOf(MirrorException.Transient.class)
          .untilAsserted(() -> assertThat(rig.source.obstacles()).isEmpty());
      rig.source.close();
    }
  }

  @Test
  void anOrdinaryUserNeedsOnlyWhatTheRemediesGrant() throws Exception {
    try (SourceRig rig =
        SourceRig.with(
            server,
            "CREATE TABLE t (v text PRIMARY KEY)",
            "INSERT INTO t VALUES ('row')",
            "CREATE SCHEMA s",
            "CREATE TABLE s.u (v text PRIMARY KEY)",
            "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
            "CREATE ROLE plain LOGIN")) {
      try (Source source = SourceRig.source(Reading.STREAM, server, rig.database, ALL, "plain")) {
        assertThat(source.obstacles())
            .extracting(Obstacle::problem)
            .satisfiesExactlyInAnyOrder(
                problem -> assertThat(problem).contains("REPLICATION privilege"),
                problem -> assertThat(problem).contains("hides rows"),
                problem -> assertThat(problem).contains("cannot be read"),
                problem -> assertThat(problem).contains("cannot be read"),
                problem ->
                    assertThat(problem).contains("lacks tables, and role plain may not make"),
                problem -> assertThat(problem).contains("not to be read, and role plain may not"));
        for (Obstacle obstacle : source.obstacles()) {
          rig.sql(statement(obstacle));
        }
        assertThat(source.obstacles()).isEmpty();

        try (InitialCopy copy = source.prepare(1)) {
          assertThat(copy.copy(copy.parts().get(0), RowForm.TEXT, OutputStream.nullOutputStream()))
              .isEqualTo(1);
          try (SourceLog log = source.open(source.identity(), copy.position())) {
            LogTap tap = new LogTap(log);
            rig.sql("INSERT INTO t VALUES ('more')");
            source.beat();
            assertThat(tap.readPast(rig.confirmed())).isNotEmpty();
          }
        }
        source.forget();
        assertThat(rig.ask("SELECT count(*) FROM pg_publication")).isEqualTo("1");
      }
    }
  }

  @Test
  void aTableMadeAfterThePreparationIsReportedAndReadAfterTheNext() throws Exception {
    try (SourceRig rig = SourceRig.with(server, "CREATE TABLE t (v text PRIMARY KEY)")) {
      rig.prepare();
      rig.sql("CREATE TABLE late (v text PRIMARY KEY)");
      Obstacle obstacle = only(rig.source);
      assertThat(obstacle.object()).isEqualTo("table public.late");
      assertThat(obstacle.why()).contains("not read");
      rig.prepare();
      assertThat(rig.source.obstacles()).isEmpty();
    }
  }

  @Test
  void whatIsNotMirroredIsNamedThoughNothingStandsInTheWay() throws Exception {
    try (SourceRig rig =
        SourceRig.matching(
            Reading.STREAM,
            server,
            new TablePatterns(List.of("public.*"), List.of("public.x*")),
            "CREATE TABLE t (id serial PRIMARY KEY, v text)",
            "CREATE SEQUENCE drawn",
            "CREATE TABLE p (id bigint DEFAULT nextval('drawn'), k int GENERATED ALWAYS AS IDENTITY,"
                + " PRIMARY KEY (id)) PARTITION BY RANGE (id)",
            "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (1000)",
            "CREATE TABLE xt (id serial PRIMARY KEY)",
            "CREATE SCHEMA s",
            "CREATE TABLE s.\"U\" (v text PRIMARY KEY)",
            "CREATE SEQUENCE invoice",
            "CREATE SEQUENCE xcode",
            "CREATE MATERIALIZED VIEW totals AS SELECT count(*) FROM t",
            "CREATE FOREIGN DATA WRAPPER w",
            "CREATE SERVER far FOREIGN DATA WRAPPER w",
            "CREATE FOREIGN TABLE f (v text) SERVER far",
            "CREATE TABLE q (v int) PARTITION BY LIST (v)",
            "CREATE TABLE q1 PARTITION OF q FOR VALUES IN (1)",
            "ALTER TABLE q1 REPLICA IDENTITY FULL",
            "CREATE FOREIGN TABLE xq PARTITION OF q FOR VALUES IN (2) SERVER far",
            "CREATE TEMPORARY TABLE scratch (v text)",
            "SELECT lo_create(0) FROM generate_series(1, 3)",
            "CREATE ROLE plainer LOGIN")) {
      try (Source source = SourceRig.source(Reading.STREAM, server, rig.database, ALL, "plainer")) {
        assertThat(source.unmirrored())
            .extracting(Unmirrored::objects)
            .contains("materialized view public.totals", "3 large objects")
            .anyMatch(objects -> objects.contains("sequences (public.drawn, public.invoice"));
      }
      assertThat(rig.source.obstacles()).isEmpty();
      assertThat(rig.source.unmirrored())
          .extracting(Unmirrored::objects)
          .containsExactly(
              "2 tables (public.xt, s.U)",
              "2 foreign tables (public.f, public.xq, a partition of public.q)",
              "materialized view public.totals",
              "2 sequences (public.xcode, public.xt_id_seq)",
              "3 large objects",
              "1 temporary table of sessions that are open now");
      assertThat(rig.source.unmirrored())
          .allSatisfy(
              left -> {
                assertThat(left.consequence()).isNotBlank();
                assertThat(left.remedy()).isNotBlank();
              });
      rig.sql("ALTER SEQUENCE xcode OWNED BY t.v", "DROP TABLE scratch");
      assertThat(rig.source.unmirrored())
          .extracting(Unmirrored::objects)
          .contains("sequence public.xt_id_seq")
          .noneMatch(objects -> objects.contains("xcode") || objects.contains("temporary"));
    }
  }

  @Test
  void aDatabaseThatIsMirroredWholeHasNothingLeftOut() throws Exception {
    try (SourceRig rig = SourceRig.with(server, "CREATE TABLE t (id serial PRIMARY KEY)")) {
      assertThat(rig.source.unmirrored()).isEmpty();
    }
  }

  @Test
  void checkingChangesNothing() throws Exception {
    try (SourceRig rig = SourceRig.with(server, "CREATE TABLE t (v text PRIMARY KEY)")) {
      assertThat(rig.source.obstacles()).isEmpty();
      assertThat(
              rig.ask(
                  "SELECT (SELECT count(*) FROM pg_publication)"
                      + " + (SELECT count(*) FROM pg_replication_slots)"))
          .isEqualTo("0");
    }
  }
}
