package io.understudy.applier.postgres;

import static io.understudy.applier.Changes.SAME;
import static io.understudy.applier.Changes.delete;
import static io.understudy.applier.Changes.insert;
import static io.understudy.applier.Changes.move;
import static io.understudy.applier.Changes.row;
import static io.understudy.applier.Changes.update;
import static io.understudy.applier.postgres.StandbyDatabase.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.understudy.applier.StandbySession;
import io.understudy.journal.Change;
import io.understudy.journal.Column;
import io.understudy.journal.Relation;
import io.understudy.journal.TableName;
import io.understudy.journal.postgres.Quoting;
import io.understudy.testkit.PostgresServer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables at the edges of what the server allows, with one change at a time and with many. */
@ExtendWith(WithServer.class)
class TableShapesIT {
  private static final int MANY = 200;

  private final PostgresServer server;

  TableShapesIT(PostgresServer server) {
    this.server = server;
  }

  @Test
  void rowsWithoutColumnsAreCounted() throws SQLException {
    try (StandbyDatabase south = StandbyDatabase.create(server, "CREATE TABLE t ()");
        StandbySession session = south.follow("me")) {
      Relation table = south.relation("t");
      session.apply(Collections.nCopies(90, insert(table)));
      session.commit(at(1));
      session.apply(List.of(delete(table)));
      session.apply(Collections.nCopies(20, delete(table)));
      session.commit(at(2));
      assertThat(south.value("SELECT count(*) FROM t")).isEqualTo("69");
      assertThatThrownBy(() -> session.apply(Collections.nCopies(70, delete(table))))
          .hasMessageContaining("row missing on south: delete from public.t");
      session.rollback();
    }
  }

  @ParameterizedTest
  @CsvSource({"1600, true", "1600, false", "1598, false", "32, true"})
  void manyColumns(int width, boolean keyed) throws SQLException {
    int keys = !keyed ? 0 : Math.min(width, 32);
    String columns =
        IntStream.range(0, width).mapToObj(i -> "c" + i + " int").collect(Collectors.joining(", "));
    String key = IntStream.range(0, keys).mapToObj(i -> "c" + i).collect(Collectors.joining(", "));
    String ddl = "CREATE TABLE t (" + columns + (keyed ? ", PRIMARY KEY (" + key + ")" : "") + ")";
    int rows = keyed ? MANY : 10;
    try (StandbyDatabase south = StandbyDatabase.create(server, ddl);
        StandbySession session = south.follow("me")) {
      Relation table = south.relation("t");
      List<Change> inserts = new ArrayList<>();
      List<Change> updates = new ArrayList<>();
      List<Change> deletes = new ArrayList<>();
      for (int i = 0; i < rows; i++) {
        Object[] old = new Object[width];
        Arrays.fill(old, "" + i);
        Object[] now = old.clone();
        now[width - 1] = "-1";
        inserts.add(insert(table, old));
        updates.add(keyed && keys < width ? update(table, now) : move(table, row(old), now));
        if (i % 2 == 0) {
          deletes.add(delete(table, now));
        }
      }
      session.apply(inserts.subList(0, 3));
      session.apply(inserts.subList(3, rows));
      session.apply(updates.subList(0, 1));
      session.apply(updates.subList(1, rows));
      session.apply(deletes.subList(0, 1));
      session.apply(deletes.subList(1, deletes.size()));
      session.commit(at(1));
      assertThat(
              south.query(
                  "SELECT count(*), sum(c0), sum(c%d), sum(c%d) FROM t"
                      .formatted(width - 2, width - 1)))
          .containsExactly("%1$d|%2$d|%2$d|%3$d".formatted(rows / 2, rows * rows / 4, -rows / 2));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a.b",
        "a\"b",
        "a b",
        "\"",
        "'",
        "$1 ? \\",
        "number",
        "place",
        "ctid_",
        "🐘",
        "select",
        "s",
        "éééééééééééééééééééééééééééééé-x-"
      })
  void anyName(String name) throws SQLException {
    String quoted = Quoting.name(name);
    String ddl =
        "CREATE SCHEMA %1$s; CREATE TABLE %1$s.%1$s (%1$s int PRIMARY KEY, \"key 0\" text)"
            .formatted(quoted);
    try (StandbyDatabase south = StandbyDatabase.create(server, ddl);
        StandbySession session = south.follow("me")) {
      TableName table = new TableName(name, name);
      Relation keyed = relation(table, name, true);
      Relation keyless = relation(table, name, false);
      assertThat(south.differences(List.of(keyed))).isEmpty();
      List<Change> inserts = new ArrayList<>();
      List<Change> updates = new ArrayList<>();
      for (int i = 0; i < MANY; i++) {
        inserts.add(insert(keyed, "" + i, "old"));
        updates.add(update(keyed, "" + i, "new"));
        updates.add(move(keyless, row("" + i, "new"), "" + i, "newer"));
      }
      session.apply(inserts);
      session.apply(updates);
      for (int i = 0; i < MANY; i += 2) {
        updates.set(i / 2, delete(keyless, "" + i, "newer"));
      }
      session.apply(updates.subList(0, MANY / 2));
      session.commit(at(1));
      assertThat(
              south.query(
                  "SELECT count(*), sum(%1$s), min(\"key 0\") FROM %1$s.%1$s".formatted(quoted)))
          .containsExactly("100|10000|newer");
    }
  }

  private static Relation relation(TableName table, String column, boolean key) {
    return new Relation(
        table, List.of(new Column(column, "integer", key), new Column("key 0", "text", false)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "DEFERRABLE INITIALLY DEFERRED"})
  void rowsThatExcludeOneAnother(String deferrable) throws SQLException {
    String ddl =
        "CREATE TABLE t (id int PRIMARY KEY, r int4range, EXCLUDE USING gist (r WITH &&) %s);"
                .formatted(deferrable)
            + "INSERT INTO t SELECT i, int4range(i, i + 1) FROM generate_series(1, %d) i"
                .formatted(MANY);
    try (StandbyDatabase south = StandbyDatabase.create(server, ddl);
        StandbySession session = south.follow("me")) {
      Relation table = south.relation("t");
      List<Change> changes = new ArrayList<>();
      for (int i = MANY; i > 0; i--) {
        changes.add(update(table, "" + i, "[" + (i + 1) + "," + (i + 2) + ")"));
      }
      session.apply(changes);
      session.commit(at(1));
      assertThat(south.value("SELECT count(*) FROM t WHERE lower(r) = id + 1"))
          .isEqualTo("" + MANY);
    }
  }

  @Test
  void generatedColumnsAreTheServersOwn() throws SQLException {
    String kind = Integer.parseInt(serverVersion()) >= 180000 ? "VIRTUAL" : "STORED";
    String ddl =
        "CREATE TABLE t (id int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, a int,"
            + " g int GENERATED ALWAYS AS (a * 2) %s, s int GENERATED ALWAYS AS (a * 3) STORED)"
                .formatted(kind);
    try (StandbyDatabase south = StandbyDatabase.create(server, ddl);
        StandbySession session = south.follow("me")) {
      Relation table = south.relation("t");
      List<Change> changes = new ArrayList<>();
      for (int i = 1; i <= MANY; i++) {
        changes.add(insert(table, "" + i, "0"));
      }
      for (int i = 1; i <= MANY; i++) {
        changes.add(update(table, "" + i, "" + i));
      }
      session.apply(changes);
      session.commit(at(1));
      assertThat(south.query("SELECT count(*), sum(g), sum(s) FROM t"))
          .containsExactly("200|40200|60300");
    }
  }

  private String serverVersion() throws SQLException {
    try (StandbyDatabase any = StandbyDatabase.create(server, "SELECT 1")) {
      return any.value("SHOW server_version_num");
    }
  }

  @Test
  void theVeryTableOfAHierarchyIsSearched() throws SQLException {
    String ddl =
        "CREATE TABLE t (id int, v text); CREATE TABLE child () INHERITS (t);"
            + "INSERT INTO t SELECT i, 'v' FROM generate_series(1, 20) i;"
            + "INSERT INTO child SELECT i, 'v' FROM generate_series(1, 20) i";
    try (StandbyDatabase south = StandbyDatabase.create(server, ddl);
        StandbySession session = south.follow("me")) {
      Relation parent = south.relation("t");
      List<Change> changes = new ArrayList<>();
      for (int i = 1; i <= 10; i++) {
        changes.add(delete(parent, "" + i, "v"));
        changes.add(move(parent, row("" + (i + 10), "v"), "" + i, "w"));
      }
      session.apply(changes);
      session.commit(at(1));
      assertThat(south.query("SELECT tableoid::regclass, v, sum(id) FROM t GROUP BY 1, 2"))
          .containsExactlyInAnyOrder("t|w|55", "child|v|210");
    }
  }

  private static final String GUARDED =
      """
      CREATE TABLE p (id int PRIMARY KEY);
      CREATE TABLE t (id int PRIMARY KEY, p int REFERENCES p);
      CREATE TABLE audit (what text);
      CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN INSERT INTO public.audit VALUES (tg_op); RETURN NULL; END $$;
      CREATE TRIGGER note AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION note();
      CREATE RULE twice AS ON DELETE TO t DO ALSO INSERT INTO public.audit VALUES ('rule')\
      """;

  @Test
  void whatGuardsATableIsAtWorkAgainAfterAPromotion() throws SQLException {
    try (StandbyDatabase south = StandbyDatabase.create(server, GUARDED)) {
      try (StandbySession session = south.follow("me")) {
        Relation table = south.relation("t");
        session.apply(List.of(insert(table, "1", "99"), insert(table, "2", "99")));
        session.apply(List.of(delete(table, "2", SAME)));
        session.commit(at(1));
      }
      assertThat(south.query("SELECT * FROM audit")).isEmpty();
      south.standby().open();
      assertThatThrownBy(() -> south.execute("INSERT INTO t VALUES (3, 98)"))
          .hasMessageContaining("t_p_fkey");
      south.execute("INSERT INTO p VALUES (7); INSERT INTO t VALUES (4, 7); DELETE FROM t");
      assertThat(south.query("SELECT * FROM audit")).containsExactlyInAnyOrder("INSERT", "rule");
    }
  }

  @Test
  void whatWouldInterfereIsNamed() throws SQLException {
    String role = "guarded";
    try (StandbyDatabase south = StandbyDatabase.create(server, GUARDED)) {
      south.execute(
          "CREATE ROLE %1$s LOGIN; ALTER DATABASE %2$s OWNER TO %1$s;".formatted(role, south.name())
              + "GRANT pg_signal_backend TO %s;".formatted(role)
              + "GRANT SET ON PARAMETER session_replication_role TO %s;".formatted(role)
              + "ALTER TABLE t OWNER TO %s;".formatted(role)
              + "ALTER TABLE t ENABLE ALWAYS RULE twice; ALTER TABLE t ENABLE REPLICA TRIGGER note;"
              + "ALTER TABLE t ENABLE ROW LEVEL SECURITY; ALTER TABLE t FORCE ROW LEVEL SECURITY");
      try (StandbyDatabase mine = south.as(role)) {
        List<String> found = mine.differences(List.of(south.relation("t")));
        assertThat(found)
            .containsExactly(
                "trigger note of table public.t on south would fire for mirrored changes, whose"
                    + " effects the source's log already holds; remedy: ALTER TABLE"
                    + " \"public\".\"t\" ENABLE TRIGGER \"note\"",
                "rule twice of table public.t on south would rewrite mirrored changes, whose"
                    + " effects the source's log already holds; remedy: ALTER TABLE"
                    + " \"public\".\"t\" ENABLE RULE \"twice\"",
                "row security of table public.t on south applies to the role; remedy: ALTER ROLE"
                    + " \"guarded\" BYPASSRLS");
        for (String difference : found) {
          south.execute(difference.substring(difference.indexOf("remedy: ") + 8));
        }
        assertThat(mine.differences(List.of(south.relation("t")))).isEmpty();
      }
    }
  }
}
