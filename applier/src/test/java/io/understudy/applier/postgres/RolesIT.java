package io.understudy.applier.postgres;

import static io.understudy.applier.Changes.insert;
import static io.understudy.applier.postgres.StandbyDatabase.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.understudy.applier.Changes;
import io.understudy.applier.Standby;
import io.understudy.applier.StandbySession;
import io.understudy.journal.Column;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.DatabaseSettings;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Relation;
import io.understudy.journal.RowForm;
import io.understudy.journal.TableName;
import io.understudy.testkit.PostgresServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A database in the role of a standby: what others may do, what our own role needs. */
@ExtendWith(WithServer.class)
class RolesIT {
  private final PostgresServer server;

  RolesIT(PostgresServer server) {
    this.server = server;
  }

  @Test
  void othersOnlyReadUntilItIsOpened() throws SQLException {
    try (StandbyDatabase south = StandbyDatabase.create(server, "CREATE TABLE t (id int)");
        Connection before = south.connect()) {
      assertThat(south.standby().isReadOnly()).isFalse();
      assertThat(before.isValid(1)).isTrue();
      south.follow("me").close();
      assertThat(before.isValid(1)).as("a session that could still write").isFalse();
      assertThat(south.standby().isReadOnly()).isTrue();
      refusesWrites(south);
      assertThat(answers(south, "secondary")).isTrue();
      assertThat(answers(south, "primary")).isFalse();

      List<String> done = south.standby().open();
      assertThat(done).containsExactly("south can be written to, in new sessions");
      assertThat(south.standby().isReadOnly()).isFalse();
      assertThat(answers(south, "secondary")).isFalse();
      assertThat(answers(south, "primary")).isTrue();
      try (Connection connection = south.connect();
          Statement statement = connection.createStatement()) {
        statement.execute("INSERT INTO t VALUES (1)");
      }
      assertThat(south.standby().open()).isEmpty();
    }
  }

  @Test
  void aTakeOverRestoresReadOnly() throws SQLException {
    try (StandbyDatabase south = StandbyDatabase.create(server, "CREATE TABLE t (id int)")) {
      south.follow("me").close();
      south.execute(
          "ALTER DATABASE %s RESET default_transaction_read_only".formatted(south.name()));
      south.standby().takeOver("next").close();
      refusesWrites(south);
    }
  }

  @Test
  void anOrdinaryRoleDoesIfItHasItsRights() throws SQLException, IOException {
    String ddl =
        "CREATE TABLE t (id int PRIMARY KEY, v text); CREATE SEQUENCE s OWNED BY t.id;"
            + "DROP ROLE IF EXISTS plain; CREATE ROLE plain LOGIN";
    try (StandbyDatabase admin = StandbyDatabase.create(server, ddl);
        StandbyDatabase south = admin.as("plain")) {
      Relation table = admin.relation("t");
      admin.execute("REVOKE TEMP ON DATABASE %s FROM PUBLIC".formatted(admin.name()));
      List<String> differences = south.differences(List.of(table));
      assertThat(differences)
          .containsExactly(
              "the role on south does not own the database, so it cannot make it read-only; remedy:"
                  + " ALTER DATABASE %s OWNER TO plain".formatted(admin.name()),
              "the role on south may not make the schema of the progress table; remedy: GRANT CREATE"
                  + " ON DATABASE %s TO plain".formatted(admin.name()),
              "the role on south may not make the temporary tables it lays changes out in; remedy:"
                  + " GRANT TEMPORARY ON DATABASE %s TO plain".formatted(admin.name()),
              "the role on south may not set session_replication_role, so triggers would fire twice;"
                  + " remedy: GRANT SET ON PARAMETER session_replication_role TO plain",
              "the role on south may not end the sessions of other writers; remedy: GRANT"
                  + " pg_signal_backend TO plain",
              "the role on south lacks SELECT, INSERT, UPDATE, DELETE, TRUNCATE on table public.t;"
                  + " remedy: GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON \"public\".\"t\" TO"
                  + " \"plain\"",
              "the role on south may not move sequence public.s; remedy: GRANT SELECT, UPDATE ON"
                  + " SEQUENCE \"public\".\"s\" TO \"plain\"");
      refuses(south.standby()::prepare, "permission denied for database");
      for (String difference : differences) {
        admin.execute(
            difference.substring(difference.indexOf("; remedy: ") + "; remedy: ".length()));
      }
      assertThat(south.differences(List.of(table))).isEmpty();

      south.standby().prepare();
      south.standby().beginCopy(List.of(table));
      south
          .standby()
          .copyIn(table, RowForm.TEXT, new ByteArrayInputStream(Changes.bytes("1\ta\n2\t\\N\n")));
      south.standby().endCopy(at(0));
      try (StandbySession session = south.standby().takeOver("me")) {
        session.apply(List.of(insert(table, "3", "c")));
        session.commit(at(1));
      }
      try (StandbySession session = south.standby().takeOver("next")) {
        session.commit(at(2));
      }
      assertThat(south.standby().open())
          .containsExactly(
              "sequence \"public\".\"s\" goes on with 4",
              "south can be written to, in new sessions");
      assertThat(admin.query("SELECT * FROM t ORDER BY 1")).containsExactly("1|a", "2|~", "3|c");
    }
  }

  @Test
  void aMissingRightIsNamed() throws SQLException {
    String ddl =
        "CREATE TABLE t (id int PRIMARY KEY); DROP ROLE IF EXISTS meager; CREATE ROLE meager LOGIN";
    try (StandbyDatabase admin = StandbyDatabase.create(server, ddl);
        StandbyDatabase south = admin.as("meager")) {
      admin.execute("ALTER DATABASE %s OWNER TO meager".formatted(admin.name()));
      south.standby().prepare();
      refuses(
          () -> south.standby().beginCopy(List.of(relation(admin))),
          "permission denied to set parameter \"session_replication_role\"");
      admin.execute("GRANT SET ON PARAMETER session_replication_role TO meager");
      refuses(
          () -> south.standby().beginCopy(List.of(relation(admin))),
          "permission denied for table t");
      admin.execute("GRANT TRUNCATE ON t TO meager");
      south.standby().beginCopy(List.of(relation(admin)));
      refuses(
          () ->
              south
                  .standby()
                  .copyIn(
                      relation(admin),
                      RowForm.TEXT,
                      new ByteArrayInputStream(Changes.bytes("1\n"))),
          "permission denied for table t");
    }
  }

  @Test
  void theTablesAreComparedWithTheSources() throws SQLException {
    String ddl =
        "CREATE TABLE t (id bigint PRIMARY KEY, v varchar(5), extra int,"
            + " gen int GENERATED ALWAYS AS (1) STORED);"
            + "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;"
            + "CREATE TRIGGER a BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();"
            + "CREATE TRIGGER b BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();"
            + "ALTER TABLE t ENABLE ALWAYS TRIGGER b";
    try (StandbyDatabase south = StandbyDatabase.create(server, ddl);
        StandbySession session = south.follow("me")) {
      Relation source =
          new Relation(
              new TableName("public", "t"),
              List.of(
                  new Column("id", "integer", false),
                  new Column("v", "character varying(5)", true),
                  new Column("w", "numeric(10,2)", false)));
      Relation missing =
          new Relation(
              new TableName("public", "gone"),
              List.of(new Column("a", "integer", true), new Column("b", "text", false)));
      assertThat(south.differences(List.of(source, missing)))
          .containsExactly(
              "column id of table public.t is bigint on south, integer on the source; remedy: ALTER"
                  + " TABLE \"public\".\"t\" ALTER COLUMN \"id\" TYPE integer",
              "column w of table public.t is missing on south; remedy: ALTER TABLE"
                  + " \"public\".\"t\" ADD COLUMN \"w\" numeric(10,2)",
              "column extra of table public.t is on south but not on the source, or generated there;"
                  + " remedy: ALTER TABLE \"public\".\"t\" DROP COLUMN \"extra\"",
              "table public.t has no unique key on v on south, which is its key on the source;"
                  + " remedy: ALTER TABLE \"public\".\"t\" ADD PRIMARY KEY (\"v\")",
              "trigger b of table public.t on south would fire for mirrored changes, whose effects"
                  + " the source's log already holds; remedy: ALTER TABLE \"public\".\"t\" ENABLE"
                  + " TRIGGER \"b\"",
              "table public.gone is missing on south; remedy: CREATE TABLE \"public\".\"gone\""
                  + " (\"a\" integer, \"b\" text, PRIMARY KEY (\"a\")), with the defaults and indexes"
                  + " of the source");
      assertThatThrownBy(() -> session.apply(List.of(insert(source, "1", "a", "1"))))
          .isInstanceOf(MirrorException.Operator.class)
          .hasMessageContaining("column id of table public.t is bigint on south")
          .extracting(e -> ((MirrorException) e).remedy())
          .asString()
          .contains("ADD COLUMN \"w\" numeric(10,2)")
          .endsWith("then start again");
      session.rollback();
      south.execute(
          "ALTER TABLE t ALTER COLUMN id TYPE integer, ADD COLUMN w numeric(10,2), DROP COLUMN extra");
      session.apply(List.of(insert(source, "1", "a", "1")));
      session.commit(at(1));
      assertThat(south.query("SELECT id, v, w FROM t")).containsExactly("1|a|1.00");
    }
  }

  @Test
  void findsTablesThatHoldRows() throws SQLException {
    String ddl = "CREATE TABLE t (id int); CREATE TABLE u (id int); INSERT INTO u VALUES (1)";
    try (StandbyDatabase south = StandbyDatabase.create(server, ddl)) {
      assertThat(south.standby().notEmpty(List.of(south.relation("t"), south.relation("u"))))
          .containsExactly(south.relation("u"));
    }
  }

  @Test
  void whatKeepsItFromConnectingIsSaid() throws SQLException {
    assertRefused("nobody_here", "postgres", "nobody_here");
    assertRefused("postgres", "no_such_database", "no_such_database");
    try (Standby away =
        Standby.of(
            StandbyDatabase.MIRROR,
            settings("jdbc:postgresql://127.0.0.1:1/x?connectTimeout=1", "postgres"))) {
      assertThatThrownBy(away::progress)
          .isInstanceOf(MirrorException.Transient.class)
          .hasMessageContaining("south: reading the progress row");
    }
  }

  private void assertRefused(String user, String database, String hint) {
    try (Standby standby =
        Standby.of(StandbyDatabase.MIRROR, settings(server.jdbcUrl(database), user))) {
      assertThatThrownBy(standby::progress)
          .isInstanceOf(MirrorException.Operator.class)
          .hasMessageContaining(hint);
    }
  }

  private DatabaseSettings settings(String url, String user) {
    return new DatabaseSettings(new DatabaseName("south"), url, user, server.password(), Map.of());
  }

  private static Relation relation(StandbyDatabase database) {
    try {
      return database.relation("t");
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private interface Step {
    void run() throws IOException;
  }

  private static void refuses(Step step, String why) {
    assertThatThrownBy(step::run)
        .isInstanceOf(MirrorException.Operator.class)
        .hasMessageContaining(why);
  }

  private static void refusesWrites(StandbyDatabase database) {
    assertThatThrownBy(
            () -> {
              try (Connection connection = database.connect();
                  Statement statement = connection.createStatement()) {
                statement.execute("INSERT INTO t VALUES (1)");
              }
            })
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("read-only transaction");
  }

  /** Whether a client that looks for this kind of server takes it. */
  private boolean answers(StandbyDatabase database, String kind) {
    String url = server.jdbcUrl(database.name()) + "?targetServerType=" + kind;
    try (Connection connection =
        DriverManager.getConnection(url, PostgresServer.USER, server.password())) {
      return connection.isValid(1);
    } catch (SQLException e) {
      return false;
    }
  }
}
