package io.understudy.applier.postgres;

import static io.understudy.applier.Changes.delete;
import static io.understudy.applier.Changes.insert;
import static io.understudy.applier.postgres.StandbyDatabase.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.understudy.applier.StandbySession;
import io.understudy.journal.Column;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Partition;
import io.understudy.journal.Relation;
import io.understudy.journal.TableName;
import io.understudy.testkit.PostgresServer;
import io.understudy.testkit.PostgresSettings;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Columns that the standby's server computes, or the source's, or both. */
@ParameterizedClass
@ValueSource(strings = {"15", "18"})
class GeneratedColumnsIT {
  @Parameter String major;

  private PostgresServer server;

  @BeforeEach
  void startServer() {
    server = PostgresServer.start(PostgresSettings.defaults().withMajor(major));
  }

  @AfterEach
  void stopServer() {
    server.close();
  }

  @Test
  void aColumnThatOneSideGeneratesIsNamed() throws SQLException {
    String virtual = major.equals("15") ? "STORED" : "VIRTUAL"; // 15 has no virtual ones
    String ddl =
        "CREATE TABLE t (id int PRIMARY KEY, a int, s int GENERATED ALWAYS AS (a * 2) STORED,"
            + " v int GENERATED ALWAYS AS (a * 3) %s, twin int GENERATED ALWAYS AS (a + 1) STORED,"
                .formatted(virtual)
            + " plain int);"
            + "CREATE TABLE k (a int, id int GENERATED ALWAYS AS (a + 1) STORED PRIMARY KEY);"
            + "CREATE TABLE p (id int PRIMARY KEY, s int GENERATED ALWAYS AS (id * 2) STORED)"
            + " PARTITION BY RANGE (id);"
            + "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (9)";
    try (StandbyDatabase south = StandbyDatabase.create(server, ddl);
        StandbySession session = south.follow("me")) {
      // on the source: s, v and k.id are plain, twin and plain are generated
      Relation t = relation("t", column("id", true), column("a"), column("s"), column("v"));
      Relation k = relation("k", column("a"), column("id", true));
      Relation p1 =
          new Relation(
              new TableName("public", "p1"),
              List.of(column("id", true), column("s")),
              Optional.of(
                  new Partition(
                      new TableName("public", "p"),
                      south.value("SELECT pg_get_partition_constraintdef('p1'::regclass)"))));
      List<String> differences = south.differences(List.of(t, k, p1));
      String source = " on south but not on the source";
      assertThat(differences)
          .containsExactly(
              "column s of table public.t is generated"
                  + source
                  + "; remedy: ALTER TABLE \"public\".\"t\" ALTER COLUMN \"s\" DROP EXPRESSION",
              "column v of table public.t is generated"
                  + source
                  + "; remedy: ALTER TABLE \"public\".\"t\" "
                  + (virtual.equals("VIRTUAL")
                      ? "DROP COLUMN \"v\", ADD COLUMN \"v\" integer"
                      : "ALTER COLUMN \"v\" DROP EXPRESSION"),
              "column plain of table public.t is"
                  + source
                  + ", or generated there; remedy: ALTER TABLE \"public\".\"t\" DROP COLUMN"
                  + " \"plain\"",
              "column id of table public.k is generated"
                  + source
                  + "; remedy: ALTER TABLE \"public\".\"k\" ALTER COLUMN \"id\" DROP EXPRESSION",
              "column s of table public.p1 is generated"
                  + source
                  + "; remedy: ALTER TABLE \"public\".\"p\" ALTER COLUMN \"s\" DROP EXPRESSION");
      assertThatThrownBy(() -> session.apply(List.of(insert(t, "1", "1", "7", "8"))))
          .isInstanceOf(MirrorException.Operator.class)
          .hasMessageContaining("column s of table public.t is generated on south")
          .hasMessageContaining("column plain of table public.t is on south");
      session.rollback();

      for (String difference : differences) {
        south.execute(
            difference.substring(difference.indexOf("; remedy: ") + "; remedy: ".length()));
      }
      assertThat(south.differences(List.of(t, k, p1))).isEmpty();
      session.apply(
          List.of(insert(t, "1", "1", "7", "8"), insert(k, "1", "7"), insert(p1, "1", "7")));
      session.commit(at(1));
      assertThat(south.query("SELECT id, a, s, v, twin FROM t")).containsExactly("1|1|7|8|2");
      assertThat(south.query("SELECT a, id FROM k")).containsExactly("1|7");
      assertThat(south.query("SELECT id, s FROM p")).containsExactly("1|7");
    }
  }

  /** The log has a generated column's values if it identifies rows. */
  @Test
  void aKeyThatBothSidesGenerateIsFollowed() throws SQLException {
    String ddl = "CREATE TABLE k (a int, id int GENERATED ALWAYS AS (a + 1) STORED PRIMARY KEY)";
    try (StandbyDatabase south = StandbyDatabase.create(server, ddl);
        StandbySession session = south.follow("me")) {
      Relation catalog = relation("k", column("a"));
      assertThat(south.differences(List.of(catalog))).isEmpty();
      Relation logged = relation("k", column("a"), column("id", true));
      session.apply(List.of(insert(logged, "1", "2"), insert(logged, "5", "6")));
      session.apply(List.of(delete(logged, "1", "2")));
      session.commit(at(1));
      assertThat(south.query("SELECT * FROM k")).containsExactly("5|6");
    }
  }

  private static Relation relation(String table, Column... columns) {
    return new Relation(new TableName("public", table), List.of(columns));
  }

  private static Column column(String name) {
    return column(name, false);
  }

  private static Column column(String name, boolean key) {
    return new Column(name, "integer", key);
  }
}
