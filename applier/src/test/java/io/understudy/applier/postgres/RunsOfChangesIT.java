package io.understudy.applier.postgres;

import static io.understudy.applier.Changes.SAME;
import static io.understudy.applier.Changes.delete;
import static io.understudy.applier.Changes.insert;
import static io.understudy.applier.Changes.move;
import static io.understudy.applier.Changes.row;
import static io.understudy.applier.Changes.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.understudy.journal.Change;
import io.understudy.journal.Column;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Relation;
import io.understudy.testkit.PostgresServer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many updates and deletes of one table at once. */
@ExtendWith(WithServer.class)
class RunsOfChangesIT {
  private final PostgresServer server;

  RunsOfChangesIT(PostgresServer server) {
    this.server = server;
  }

  private static final String ODD_TYPES =
      """
      CREATE COLLATION lax (provider = icu, locale = 'und-u-ks-level1', deterministic = false);
      CREATE TABLE t (a int, b text COLLATE lax, j json, x xml, p point, c bpchar, c5 char(5),
                      f float8, n numeric, r int[], big text)""";

  private static final String[][] VALUES = {
    {"1", null},
    {"a", "A", "", null},
    {"{\"k\": 1}", "{\"k\":1}", null},
    {"<a/>", "<a></a>"},
    {"(1,0)", "(1,-0)"},
    {"a", "a  ", ""},
    {"a    ", "     "},
    {"0", "-0", "NaN"},
    {"1.0", "1.00", "NaN", null},
    {"{}", "[0:1]={1,NULL}"},
    {"x".repeat(5000), "y\t\\".repeat(3000)}
  };

  /** The same changes, one by one, by the simplest statements there are, in another database. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void aTableWithoutAKeyIsAMultisetOfExactTexts(int seed) throws SQLException {
    Random random = new Random(seed);
    try (StandbyDatabase north = StandbyDatabase.create(server, ODD_TYPES);
        Following south = Following.of(server, ODD_TYPES)) {
      Relation table = types(south.table());
      List<Object[]> rows = new ArrayList<>();
      List<String> script = new ArrayList<>();
      for (int commit = 1; commit <= 8; commit++) {
        for (int piece = 0; piece < 2; piece++) {
          List<Change> changes = new ArrayList<>();
          for (int i = 0; i < 60; i++) {
            changes.add(anyChange(random, table, rows, script));
          }
          south.apply(changes);
        }
        south.commit();
        north.execute(String.join(";\n", script));
        script.clear();
        String content = "SELECT t::text, md5(t::text) FROM t ORDER BY 2";
        assertThat(south.query(content)).as("seed %d", seed).isEqualTo(north.query(content));
      }
    }
  }

  private static Change anyChange(
      Random random, Relation table, List<Object[]> rows, List<String> script) {
    int kind = rows.size() < 5 ? 0 : random.nextInt(4);
    if (kind == 0) {
      Object[] row = new Object[VALUES.length];
      for (int i = 0; i < row.length; i++) {
        row[i] = any(random, i);
      }
      rows.add(row);
      script.add("INSERT INTO t VALUES " + literals(row));
      return insert(table, row);
    }
    Object[] old = rows.remove(random.nextInt(rows.size()));
    String there =
        " WHERE ctid = (SELECT ctid FROM t WHERE format('%s', t) = format('%s', "
            + literals(old)
            + "::t) LIMIT 1)";
    if (kind == 1) {
      script.add("DELETE FROM t" + there);
      return delete(table, old);
    }
    Object[] now = old.clone();
    now[random.nextInt(4)] = null;
    int changed = random.nextInt(VALUES.length);
    now[changed] = any(random, changed);
    rows.add(now);
    script.add("UPDATE t SET (a, b, j, x, p, c, c5, f, n, r, big) = " + literals(now) + there);
    Object[] logged = now.clone();
    if (now[10].equals(old[10])) {
      logged[10] = SAME;
    }
    return move(table, row(old), logged);
  }

  private static String any(Random random, int column) {
    return VALUES[column][random.nextInt(VALUES[column].length)];
  }

  private static String literals(Object[] row) {
    return Arrays.stream(row)
        .map(value -> value == null ? "NULL" : "'" + value + "'")
        .collect(Collectors.joining(", ", "(", ")"));
  }

  @Test
  void aTableWithoutAKeyIsNotReadOnceForEachRow() throws SQLException {
    String ddl =
        "CREATE TABLE t (a int, b text);"
            + "INSERT INTO t SELECT i, 'b' || i FROM generate_series(1, 5000) i";
    try (Following south = Following.of(server, ddl)) {
      Relation table = south.table();
      List<Change> changes = new ArrayList<>();
      for (int i = 1; i <= 1000; i++) {
        changes.add(move(table, row("" + i, "b" + i), "" + i, "b"));
        changes.add(delete(table, "" + (i + 1000), "b" + (i + 1000)));
        changes.add(move(table, row("" + i, "b"), "" + i, "c"));
        changes.add(insert(table, "" + (i + 5000), "b"));
        changes.add(delete(table, "" + (i + 5000), "b"));
      }
      south.apply(changes);
      south.commit();
      assertThat(south.query("SELECT count(*), count(*) FILTER (WHERE b = 'c') FROM t"))
          .containsExactly("4000|1000");
      String counted = "SELECT n_tup_upd, n_tup_del FROM pg_stat_user_tables WHERE relname = 't'";
      Awaitility.await()
          .untilAsserted(() -> assertThat(south.query(counted)).containsExactly("1000|1000"));
      assertThat(
              Long.parseLong(
                  south.value("SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 't'")))
          .isLessThan(10);
    }
  }

  @Test
  void oneEqualRowTooFewStopsIt() throws SQLException {
    String ddl =
        "CREATE TABLE t (a int, b text); INSERT INTO t SELECT 1, 'secret' FROM generate_series(1, 9)";
    try (Following south = Following.of(server, ddl)) {
      Relation table = south.table();
      List<Change> changes = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        changes.add(delete(table, "1", "secret"));
      }
      assertThatThrownBy(() -> south.apply(changes))
          .isInstanceOf(MirrorException.Invariant.class)
          .hasMessage("row missing on south: delete from public.t (no key, all columns compared)");
      south.rollback();
      south.apply(changes.subList(0, 9));
      south.commit();
      assertThat(south.query("SELECT * FROM t")).isEmpty();
    }
  }

  private static final String KEYED =
      """
      CREATE EXTENSION citext; CREATE DOMAIN label AS varchar(9) NOT NULL CHECK (value <> '');
      CREATE TABLE t (k citext, k2 char(4), n int GENERATED ALWAYS AS IDENTITY, v label, w text,
                      twice int GENERATED ALWAYS AS (n * 2) STORED, a label[], PRIMARY KEY (k, k2));
      INSERT INTO t (k, k2, v, w, a)
        SELECT 'k' || i, i % 9, 'v' || i, repeat('w', 9000), '{a}' FROM generate_series(1, 500) i""";

  @Test
  void updatesAndDeletesByTheKeyAsTheStandbysIndexHasIt() throws SQLException {
    try (Following south = Following.of(server, KEYED)) {
      Relation table = types(south.table());
      List<Change> changes = new ArrayList<>();
      for (int i = 1; i <= 300; i++) {
        String k2 = i % 9 + "   ";
        changes.add(update(table, "k" + i, k2, "" + i, "old", SAME, "{x}"));
        changes.add(update(table, "k" + i, k2, "" + i, "new", SAME, "{b,c}"));
      }
      for (int i = 301; i <= 450; i++) {
        changes.add(delete(table, "k" + i, i % 9 + "   ", SAME, SAME, SAME, SAME));
      }
      south.apply(changes);
      changes.clear();
      for (int i = 1; i <= 200; i++) {
        Object[] key = {"k" + i, i % 9 + "   ", SAME, SAME, SAME, SAME};
        changes.add(move(table, row(key), "K" + i, "x   ", "" + i, "moved", SAME, "{}"));
      }
      south.apply(changes);
      south.commit();
      assertThat(
              south.query(
                  "SELECT k2, v, a, length(w), count(*), sum(twice) FROM t"
                      + " GROUP BY 1, 2, 3, 4 HAVING count(*) > 20 ORDER BY count(*)"))
          .containsExactly("x   |moved|{}|9000|200|40200");
      assertThat(south.query("SELECT v, a, count(*) FROM t WHERE v = 'new' GROUP BY 1, 2"))
          .containsExactly("new|{b,c}|100");
      assertThat(south.value("SELECT count(*) FROM t")).isEqualTo("350");
      assertThat(south.value("SELECT string_agg(k::text, ',') FROM t WHERE n = 7")).isEqualTo("K7");
    }
  }

  @Test
  void aMissingRowAmongManyStopsItWithItsOwnMessage() throws SQLException {
    String ddl =
        "CREATE TABLE t (id int PRIMARY KEY, v int);"
            + "INSERT INTO t SELECT i, i FROM generate_series(1, 299) i";
    try (Following south = Following.of(server, ddl)) {
      Relation table = south.table();
      List<Change> updates = new ArrayList<>();
      List<Change> deletes = new ArrayList<>();
      List<Change> wrong = new ArrayList<>();
      for (int i = 1; i <= 300; i++) {
        updates.add(update(table, "" + i, "0"));
        deletes.add(delete(table, "" + i, SAME));
        wrong.add(update(table, "" + i, i == 250 ? "secret" : "0"));
      }
      assertThatThrownBy(() -> south.apply(updates))
          .isInstanceOf(MirrorException.Invariant.class)
          .hasMessage("row missing on south: update of public.t (key columns id)");
      south.rollback();
      assertThatThrownBy(() -> south.apply(deletes))
          .isInstanceOf(MirrorException.Invariant.class)
          .hasMessage("row missing on south: delete from public.t (key columns id)");
      south.rollback();
      assertThatThrownBy(() -> south.apply(wrong))
          .isInstanceOf(MirrorException.Operator.class)
          .hasMessage(
              "south: update of public.t (key columns id): the standby does not take a value of"
                  + " column v (SQL state 22P02)");
      south.rollback();
      assertThat(south.value("SELECT count(*) FROM t WHERE id = v")).isEqualTo("299");
    }
  }

  @Test
  void theCatalogDoesNotGrowWithEachCommit() throws SQLException {
    String ddl =
        "CREATE TABLE t (id int PRIMARY KEY, v int);"
            + "INSERT INTO t SELECT i, i FROM generate_series(1, 200) i";
    String tables = "SELECT count(*), max(oid::bigint) FROM pg_class";
    try (Following south = Following.of(server, ddl)) {
      Relation table = south.table();
      List<String> before = List.of();
      for (int commit = 1; commit <= 5; commit++) {
        List<Change> changes = new ArrayList<>();
        for (int i = 1; i <= 200; i++) {
          changes.add(update(table, "" + i, "" + commit));
        }
        south.apply(changes);
        south.commit();
        assertThat(south.value("SELECT sum(v) FROM t")).isEqualTo("" + 200 * commit);
        before = commit == 1 ? south.query(tables) : before;
      }
      assertThat(south.query(tables)).isEqualTo(before);
    }
  }

  /** The types as the connectors spell them: with nothing but pg_catalog in the path. */
  private static Relation types(Relation relation) {
    return new Relation(
        relation.table(),
        relation.columns().stream()
            .map(
                c ->
                    c.type().startsWith("citext") || c.type().startsWith("label")
                        ? new Column(c.name(), "public." + c.type(), c.key())
                        : c)
            .toList());
  }
}
