package io.understudy.applier.postgres;

import static io.understudy.applier.Changes.SAME;
import static io.understudy.applier.Changes.delete;
import static io.understudy.applier.Changes.insert;
import static io.understudy.applier.Changes.move;
import static io.understudy.applier.Changes.row;
import static io.understudy.applier.Changes.truncate;
import static io.understudy.applier.Changes.update;
import static io.understudy.applier.postgres.StandbyDatabase.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.understudy.applier.StandbySession;
import io.understudy.journal.Change;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Relation;
import io.understudy.testkit.PostgresServer;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tables of all kinds: without a key, with large values, references, triggers, partitions. */
@ExtendWith(WithServer.class)
class TableKindsIT {
  private final PostgresServer server;

  TableKindsIT(PostgresServer server) {
    this.server = server;
  }

  @Test
  void changesOneOfSeveralEqualRowsWhereThereIsNoKey() throws SQLException {
    String ddl =
        "CREATE TABLE t (a int, b text, j json, f float8);"
            + "INSERT INTO t SELECT 1, 'x', '{\"k\": 1}', 'NaN' FROM generate_series(1, 3);"
            + "INSERT INTO t VALUES (1, NULL, NULL, NULL), (1, 'x', '{\"k\":1}', 'NaN')";
    apply(
        ddl,
        t ->
            List.of(
                move(t, row("1", "x", "{\"k\": 1}", "NaN"), "2", "y", SAME, "-0"),
                delete(t, "1", "x", "{\"k\": 1}", "NaN"),
                move(t, row("1", null, null, null), "3", null, "[]", null)),
        "2|y|{\"k\": 1}|-0",
        "1|x|{\"k\": 1}|NaN",
        "3|~|[]|~",
        "1|x|{\"k\":1}|NaN");
  }

  @Test
  void findsNoRowThatDiffersInASpace() throws SQLException {
    String ddl = "CREATE TABLE t (a text, n numeric); INSERT INTO t VALUES ('x', 1.0)";
    try (StandbyDatabase south = StandbyDatabase.create(server, ddl);
        StandbySession session = south.follow("me")) {
      Relation table = south.relation("t");
      for (Change change : List.of(delete(table, "x ", "1.0"), delete(table, "x", "1.00"))) {
        assertThatThrownBy(() -> session.apply(List.of(change)))
            .isInstanceOf(MirrorException.Invariant.class)
            .hasMessage(
                "row missing on south: delete from public.t (no key, all columns compared)");
        session.rollback();
      }
    }
  }

  @Test
  void leavesAloneWhatTheLogDidNotRepeat() throws SQLException {
    String ddl =
        "CREATE TABLE t (id int PRIMARY KEY, big text, b bytea);"
            + "INSERT INTO t VALUES (1, repeat('toast', 100000), '\\x00ff'), (2, 'small', NULL)";
    try (StandbyDatabase south = StandbyDatabase.create(server, ddl);
        StandbySession session = south.follow("me")) {
      Relation table = south.relation("t");
      session.apply(
          List.of(
              update(table, "1", SAME, new byte[] {0, 1, (byte) 0x80}),
              update(table, "2", "changed", SAME),
              move(table, row("1", SAME, SAME), "11", SAME, SAME)));
      session.commit(at(1));
      assertThat(south.query("SELECT id, md5(big), b FROM t ORDER BY id"))
          .isEqualTo(
              south.query(
                  "VALUES (2, md5('changed'), NULL),"
                      + " (11, md5(repeat('toast', 100000)), '\\x000180'::bytea)"));
    }
  }

  @Test
  void emptiesTablesThatReferToOneAnother() throws SQLException {
    String ddl =
        "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (id int PRIMARY KEY REFERENCES p);"
            + "INSERT INTO p VALUES (1); INSERT INTO t VALUES (1)";
    try (StandbyDatabase south = StandbyDatabase.create(server, ddl);
        StandbySession session = south.follow("me")) {
      Relation parent = south.relation("p");
      Relation child = south.relation("t");
      session.apply(List.of(insert(child, "2"), truncate(parent, child), insert(child, "3")));
      session.commit(at(1));
      assertThat(south.query("SELECT 'p', id FROM p UNION ALL SELECT 't', id FROM t"))
          .containsExactly("t|3");

      session.apply(List.of(truncate(child), truncate(parent)));
      session.commit(at(2));
      assertThat(south.query("SELECT id FROM p UNION ALL SELECT id FROM t")).isEmpty();

      assertThatThrownBy(() -> session.apply(List.of(truncate(parent))))
          .isInstanceOf(MirrorException.Operator.class)
          .hasMessageContaining("south: truncate of public.p");
      session.rollback();
    }
  }

  @Test
  void neitherFiresTriggersNorChecksReferencesNorFollowsThem() throws SQLException {
    String ddl =
        "CREATE TABLE p (id int PRIMARY KEY);"
            + "CREATE TABLE t (id int PRIMARY KEY, p int REFERENCES p ON DELETE CASCADE);"
            + "CREATE TABLE audit (what text);"
            + "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS"
            + " $$ BEGIN INSERT INTO public.audit VALUES (tg_op); RETURN NULL; END $$;"
            + "CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON t"
            + " FOR EACH ROW EXECUTE FUNCTION note();"
            + "CREATE RULE no_more AS ON INSERT TO t DO INSTEAD NOTHING;"
            + "INSERT INTO p VALUES (1)";
    try (StandbyDatabase south = StandbyDatabase.create(server, ddl);
        StandbySession session = south.follow("me")) {
      Relation parent = south.relation("p");
      Relation child = south.relation("t");
      session.apply(
          List.of(
              insert(child, "1", "1"),
              insert(child, "2", "99"),
              update(child, "2", "98"),
              delete(parent, "1")));
      session.commit(at(1));
      assertThat(south.query("SELECT * FROM t ORDER BY 1")).containsExactly("1|1", "2|98");
      assertThat(south.query("SELECT * FROM audit")).isEmpty();
    }
  }

  @Test
  void writesIdentityColumnsAndLeavesGeneratedOnesToTheServer() throws SQLException {
    apply(
        "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a int,"
            + " twice int GENERATED ALWAYS AS (a * 2) STORED)",
        t ->
            List.of(
                insert(t, "7", "1"),
                insert(t, "8", "2"),
                update(t, "8", "5"),
                move(t, row("7", SAME), "6", "1")),
        "6|1|2",
        "8|5|10");
  }

  @Test
  void addressesTheVeryTableOfAHierarchy() throws SQLException {
    String ddl =
        "CREATE TABLE t (id int, v text); CREATE TABLE child () INHERITS (t);"
            + "INSERT INTO t VALUES (1, 'parent'); INSERT INTO child VALUES (1, 'child')";
    try (StandbyDatabase south = StandbyDatabase.create(server, ddl);
        StandbySession session = south.follow("me")) {
      Relation parent = new Relation(south.relation("t").table(), keyed(south.relation("t")));
      session.apply(List.of(update(parent, "1", "new")));
      session.commit(at(1));
      assertThat(south.query("SELECT tableoid::regclass, * FROM t ORDER BY 1"))
          .containsExactlyInAnyOrder("t|1|new", "child|1|child");
      session.apply(List.of(truncate(parent)));
      session.commit(at(2));
      assertThat(south.query("SELECT * FROM t")).containsExactly("1|child");
    }
  }

  @Test
  void writesThroughAPartitionedTableAndIntoItsPartitions() throws SQLException {
    String ddl =
        "CREATE TABLE t (id int, v text, PRIMARY KEY (id)) PARTITION BY RANGE (id);"
            + "CREATE TABLE low PARTITION OF t FOR VALUES FROM (0) TO (10);"
            + "CREATE TABLE high PARTITION OF t FOR VALUES FROM (10) TO (20);"
            + "INSERT INTO t VALUES (1, 'a'), (11, 'b')";
    try (StandbyDatabase south = StandbyDatabase.create(server, ddl);
        StandbySession session = south.follow("me")) {
      Relation root = south.relation("t");
      Relation low = south.relation("low");
      session.apply(
          List.of(
              insert(root, "12", "c"),
              move(root, row("1", SAME), "13", "a"),
              insert(low, "2", "d"),
              update(low, "2", "e")));
      session.commit(at(1));
      assertThat(south.query("SELECT tableoid::regclass, * FROM t ORDER BY id"))
          .containsExactly("low|2|e", "high|11|b", "high|12|c", "high|13|a");

      Relation noKey = new Relation(root.table(), unkeyed(root));
      session.apply(List.of(delete(noKey, "12", "c"), move(noKey, row("2", "e"), "3", "f")));
      session.commit(at(2));
      session.apply(List.of(truncate(low)));
      session.commit(at(3));
      assertThat(south.query("SELECT * FROM t ORDER BY id")).containsExactly("11|b", "13|a");
    }
  }

  @Test
  void quotesWhateverANameIs() throws SQLException {
    String ddl =
        "CREATE TABLE \"T \"\"; DROP\" (\"Id $1?\" int PRIMARY KEY, \"select\" text, \"?\" text)";
    try (StandbyDatabase south = StandbyDatabase.create(server, ddl);
        StandbySession session = south.follow("me")) {
      Relation table = south.relation("\"T \"\"; DROP\"");
      Relation odd =
          new Relation(
              new io.understudy.journal.TableName("public", "T \"; DROP"), table.columns());
      session.apply(
          List.of(
              insert(odd, "1", "a", "b"), update(odd, "1", "c", "d"), insert(odd, "2", "", "")));
      session.apply(List.of(delete(odd, "2", SAME, SAME)));
      session.commit(at(1));
      assertThat(south.query("SELECT * FROM \"T \"\"; DROP\"")).containsExactly("1|c|d");
    }
  }

  private interface Script {
    List<Change> changes(Relation table);
  }

  /** Applies changes to table {@code t} and compares its rows, in any order. */
  private void apply(String ddl, Script script, String... expected) throws SQLException {
    try (StandbyDatabase south = StandbyDatabase.create(server, ddl);
        StandbySession session = south.follow("me")) {
      session.apply(script.changes(south.relation("t")));
      session.commit(at(1));
      assertThat(south.query("SELECT * FROM t")).containsExactlyInAnyOrder(expected);
    }
  }

  private static List<io.understudy.journal.Column> keyed(Relation relation) {
    return relation.columns().stream()
        .map(c -> new io.understudy.journal.Column(c.name(), c.type(), c.name().equals("id")))
        .toList();
  }

  private static List<io.understudy.journal.Column> unkeyed(Relation relation) {
    return relation.columns().stream()
        .map(c -> new io.understudy.journal.Column(c.name(), c.type(), false))
        .toList();
  }
}
