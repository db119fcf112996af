package io.understudy.connectors.postgres;

import static io.understudy.connectors.postgres.Accounts.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.connectors.Obstacle;
import io.understudy.journal.Change;
import io.understudy.journal.Column;
import io.understudy.journal.Relation;
import io.understudy.journal.Row;
import io.understudy.journal.TableName;
import io.understudy.journal.Value;
import io.understudy.journal.postgres.Lsn;
import io.understudy.testkit.PostgresServer;
import io.understudy.testkit.PostgresSettings;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Generated columns on a server that can publish them, and refuses writes where it may not. */
@ParameterizedClass
@EnumSource(names = {"STREAM", "BITES", "DEBEZIUM"})
class PostgresGeneratedIT {
  private static final String SUMS =
      "CREATE TABLE sums (a int, twice int GENERATED ALWAYS AS (a * 2) STORED, b bytea)";
  private static final String FULL = "ALTER TABLE sums REPLICA IDENTITY FULL";
  private static final Value BYTES = new Value.Bytes(new byte[] {7});
  private static PostgresServer server;

  @Parameter Reading reading;

  @BeforeAll
  static void startServer() {
    server = PostgresServer.start(PostgresSettings.defaults().withMajor("18"));
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  private static Relation sums(Column... columns) {
    return new Relation(new TableName("public", "sums"), List.of(columns));
  }

  private static Column plain(String name, String type) {
    return new Column(name, type, false);
  }

  @Test
  void tablesWithFullRowsStayWritableAndTheirGeneratedColumnsDoNotTravel() throws Exception {
    try (SourceRig rig = SourceRig.with(reading, server, SUMS, FULL)) {
      Relation expected = sums(plain("a", "integer"), plain("b", "bytea"));
      assertThat(rig.source.obstacles()).isEmpty();
      assertThat(rig.source.tables()).containsExactly(expected);
      Lsn start = rig.prepare();
      rig.sql(
          "INSERT INTO sums (a, b) VALUES (1, '\\x07')",
          "UPDATE sums SET a = 2",
          "DELETE FROM sums");
      Row one = Row.of(text(1), BYTES);
      Row two = Row.of(text(2), BYTES);
      assertThat(rig.changesFrom(start))
          .containsExactly(
              new Change.Insert(expected, one),
              new Change.Update(expected, Optional.of(one), two),
              new Change.Delete(expected, two));
    }
  }

  /** Nothing but the catalog tells, as the log announced the column before, too. */
  @Test
  void aColumnThatIsNoLongerGeneratedTravels() throws Exception {
    try (SourceRig rig =
        SourceRig.with(reading, server, SUMS, "ALTER TABLE sums ADD id int PRIMARY KEY")) {
      Lsn start = rig.prepare();
      try (LogTap log = rig.open(start)) {
        rig.sql("INSERT INTO sums (a, b, id) VALUES (1, '\\x07', 1)");
        Relation before =
            sums(plain("a", "integer"), plain("b", "bytea"), new Column("id", "integer", true));
        assertThat(rig.readOn(log))
            .flatExtracting(Transaction::changes)
            .containsExactly(new Change.Insert(before, Row.of(text(1), BYTES, text(1))));

        rig.sql(
            "ALTER TABLE sums ALTER twice DROP EXPRESSION",
            "INSERT INTO sums VALUES (2, 5, NULL, 2)");
        Relation after =
            sums(
                plain("a", "integer"),
                plain("twice", "integer"),
                plain("b", "bytea"),
                new Column("id", "integer", true));
        assertThat(rig.readOn(log))
            .flatExtracting(Transaction::changes)
            .containsExactly(
                new Change.Insert(after, Row.of(text(2), text(5), Value.NULL, text(2))));
      }
    }
  }

  @Test
  void aGeneratedColumnThatIdentifiesTravels() throws Exception {
    try (SourceRig rig =
        SourceRig.with(reading, server, SUMS, "ALTER TABLE sums ADD PRIMARY KEY (twice)")) {
      assertThat(rig.source.obstacles()).isEmpty();
      Relation expected =
          sums(plain("a", "integer"), new Column("twice", "integer", true), plain("b", "bytea"));
      Lsn start = rig.prepare();
      rig.sql("INSERT INTO sums (a) VALUES (1)", "UPDATE sums SET a = 3");
      assertThat(rig.changesFrom(start))
          .containsExactly(
              new Change.Insert(expected, Row.of(text(1), text(2), Value.NULL)),
              new Change.Update(
                  expected,
                  Optional.of(Row.of(Value.UNCHANGED, text(2), Value.UNCHANGED)),
                  Row.of(text(3), text(6), Value.NULL)));
    }
  }

  @Test
  void virtualOnesBesideFullRowsAreRefusedUntilTheRemedyIsFollowed() throws Exception {
    try (SourceRig rig =
        SourceRig.with(
            reading,
            server,
            "CREATE TABLE v (id int PRIMARY KEY, twice int GENERATED ALWAYS AS (id * 2) VIRTUAL)",
            "ALTER TABLE v REPLICA IDENTITY FULL")) {
      assertThat(rig.source.obstacles())
          .singleElement()
          .satisfies(found -> assertThat(found.problem()).contains("virtual generated column"))
          .extracting(Obstacle::remedy)
          .satisfies(remedy -> rig.sql(remedy.replaceFirst(", or .*", "")));
      assertThat(rig.source.obstacles()).isEmpty();
      Lsn start = rig.prepare();
      rig.sql("INSERT INTO v (id) VALUES (1)", "UPDATE v SET id = 2", "DELETE FROM v");
      assertThat(rig.changesFrom(start)).hasSize(3);
    }
  }

  @Test
  void aPublicationThatWouldHaveTheServerRefuseWritesIsReplaced() throws Exception {
    try (SourceRig rig = SourceRig.with(reading, server, SUMS, FULL)) {
      rig.sql("CREATE PUBLICATION " + rig.names.publication() + " FOR TABLE sums");
      Lsn start = rig.prepare();
      try (Statement statement = rig.client.createStatement()) {
        statement.execute("INSERT INTO sums (a) VALUES (1)");
        assertThat(statement.executeUpdate("UPDATE sums SET a = 2")).isEqualTo(1);
      }
      assertThat(rig.changesFrom(start)).hasSize(2);
    }
  }
}
