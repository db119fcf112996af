package io.understudy.applier.mysql;

import static io.understudy.applier.Changes.SAME;
import static io.understudy.applier.Changes.delete;
import static io.understudy.applier.Changes.insert;
import static io.understudy.applier.Changes.move;
import static io.understudy.applier.Changes.row;
import static io.understudy.applier.Changes.unchecked;
import static io.understudy.applier.Changes.update;
import static io.understudy.applier.mysql.StandbyDatabase.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.understudy.applier.StandbySession;
import io.understudy.journal.Change;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Relation;
import io.understudy.testkit.MysqlProduct;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Foreign keys on the standby do what they did on the source: each test runs statements on a second
 * database, as a source's client would, and applies what the log of it holds, where rows that a
 * foreign key changed along do not appear.
 */
@ExtendWith(OneServer.class)
class CascadesIT {
  private static final String DDL =
      """
      CREATE TABLE a (id int PRIMARY KEY, v int, a_key int UNIQUE);
      CREATE TABLE b (id int PRIMARY KEY, a int,
        FOREIGN KEY (a) REFERENCES a (id) ON DELETE CASCADE ON UPDATE CASCADE);
      CREATE TABLE c (id int PRIMARY KEY, b int,
        FOREIGN KEY (b) REFERENCES b (id) ON DELETE CASCADE ON UPDATE CASCADE);
      CREATE TABLE d (id int PRIMARY KEY, a int,
        FOREIGN KEY (a) REFERENCES a (id) ON DELETE SET NULL ON UPDATE SET NULL);
      CREATE TABLE t (id int PRIMARY KEY, up int,
        FOREIGN KEY (up) REFERENCES t (id) ON DELETE CASCADE);
      CREATE TABLE k (a int UNIQUE, v int,
        FOREIGN KEY (a) REFERENCES a (a_key) ON DELETE CASCADE ON UPDATE CASCADE)""";

  /** What the source's client did, and what the log has of it. */
  private record Step(String sql, List<Change> changes) {}

  private static Step step(String sql, Change... changes) {
    return new Step(sql, List.of(changes));
  }

  private static void same(StandbyDatabase source, StandbyDatabase south) throws SQLException {
    for (String table : List.of("a", "b", "c", "d", "t", "k")) {
      String rows = "SELECT * FROM " + table + " ORDER BY 1, 2";
      assertThat(south.query(rows)).as(table).isEqualTo(source.query(rows));
    }
  }

  /** All steps as one group, and each as its own. */
  private static void run(MysqlProduct product, boolean oneGroup, Script script)
      throws SQLException {
    try (StandbyDatabase source = StandbyDatabase.create(product, DDL);
        StandbyDatabase south = StandbyDatabase.create(product, DDL);
        StandbySession session = south.follow("me")) {
      long sequence = 0;
      for (Step step : script.on(south)) {
        source.execute(step.sql());
        session.apply(step.changes());
        if (!oneGroup) {
          session.commit(at(++sequence));
          same(source, south);
        }
      }
      session.commit(at(++sequence));
      same(source, south);
    }
  }

  private interface Script {
    List<Step> on(StandbyDatabase south) throws SQLException;
  }

  private static void both(MysqlProduct product, Script script) throws SQLException {
    run(product, true, script);
    run(product, false, script);
  }

  @ParameterizedTest
  @EnumSource
  void deletesRunAlongChains(MysqlProduct product) throws SQLException {
    both(
        product,
        south -> {
          Relation a = south.relation("a");
          Relation b = south.relation("b");
          Relation c = south.relation("c");
          Relation d = south.relation("d");
          return List.of(
              step(
                  "INSERT INTO a VALUES (1, 0, 1), (2, 0, 2), (3, 0, 3);"
                      + "INSERT INTO b VALUES (11, 1), (12, 1), (21, 2), (31, 3);"
                      + "INSERT INTO c VALUES (111, 11), (112, 11), (121, 12), (211, 21), (311, 31);"
                      + "INSERT INTO d VALUES (1, 1), (2, 1), (3, 2)",
                  insert(a, 1, 0, 1),
                  insert(a, 2, 0, 2),
                  insert(a, 3, 0, 3),
                  insert(b, 11, 1),
                  insert(b, 12, 1),
                  insert(b, 21, 2),
                  insert(b, 31, 3),
                  insert(c, 111, 11),
                  insert(c, 112, 11),
                  insert(c, 121, 12),
                  insert(c, 211, 21),
                  insert(c, 311, 31),
                  insert(d, 1, 1),
                  insert(d, 2, 1),
                  insert(d, 3, 2)),
              step("DELETE FROM a WHERE id = 1", delete(a, 1, SAME, SAME)),
              step(
                  "INSERT INTO a VALUES (1, 5, 1); INSERT INTO b VALUES (11, 1)",
                  insert(a, 1, 5, 1),
                  insert(b, 11, 1)),
              step("DELETE FROM b WHERE id = 21", delete(b, 21, SAME)),
              step(
                  "DELETE FROM a WHERE id IN (1, 3)",
                  delete(a, 1, SAME, SAME),
                  delete(a, 3, SAME, SAME)));
        });
  }

  @ParameterizedTest
  @EnumSource
  void keysThatMoveTakeTheirReferencesAlong(MysqlProduct product) throws SQLException {
    both(
        product,
        south -> {
          Relation a = south.relation("a");
          Relation b = south.relation("b");
          Relation c = south.relation("c");
          Relation d = south.relation("d");
          Relation k = south.relation("k");
          return List.of(
              step(
                  "INSERT INTO a VALUES (1, 0, 71), (2, 0, 72); INSERT INTO b VALUES (11, 1), (21, 2);"
                      + "INSERT INTO c VALUES (111, 11); INSERT INTO d VALUES (1, 1), (2, 2);"
                      + "INSERT INTO k VALUES (71, 0), (72, 0)",
                  insert(a, 1, 0, 71),
                  insert(a, 2, 0, 72),
                  insert(b, 11, 1),
                  insert(b, 21, 2),
                  insert(c, 111, 11),
                  insert(d, 1, 1),
                  insert(d, 2, 2),
                  insert(k, 71, 0),
                  insert(k, 72, 0)),
              step(
                  "UPDATE a SET id = id + 100 ORDER BY id DESC",
                  move(a, row(2, SAME, SAME), 102, 0, 72),
                  move(a, row(1, SAME, SAME), 101, 0, 71)),
              step("UPDATE b SET id = 12 WHERE id = 11", move(b, row(11, SAME), 12, 101)),
              step("UPDATE a SET v = 9, a_key = 75 WHERE id = 101", update(a, 101, 9, 75)),
              step(
                  "UPDATE k SET v = 3 WHERE a = 75",
                  new Change.Update(k, java.util.Optional.of(row(75, 0)), row(75, 3))),
              step("DELETE FROM a WHERE id = 102", delete(a, 102, SAME, SAME)));
        });
  }

  @ParameterizedTest
  @EnumSource
  void aTableMayReferToItself(MysqlProduct product) throws SQLException {
    both(
        product,
        south -> {
          Relation t = south.relation("t");
          return List.of(
              step(
                  "INSERT INTO t VALUES (1, NULL), (2, 1), (3, 2), (4, 1), (5, NULL), (6, 5)",
                  insert(t, 1, null),
                  insert(t, 2, 1),
                  insert(t, 3, 2),
                  insert(t, 4, 1),
                  insert(t, 5, null),
                  insert(t, 6, 5)),
              step("DELETE FROM t WHERE id IN (1, 2, 3)", delete(t, 1, SAME)),
              step(
                  "DELETE FROM t WHERE id IN (5, 6) ORDER BY id DESC",
                  delete(t, 6, SAME),
                  delete(t, 5, SAME)),
              step(
                  "INSERT INTO t VALUES (1, NULL), (2, 1); DELETE FROM t WHERE id = 1;"
                      + "INSERT INTO t VALUES (2, NULL)",
                  insert(t, 1, null),
                  insert(t, 2, 1),
                  delete(t, 1, SAME),
                  insert(t, 2, null)));
        });
  }

  @ParameterizedTest
  @EnumSource
  void withoutChecksNothingIsAskedAndNothingTakenAlong(MysqlProduct product) throws SQLException {
    String off = "SET SESSION foreign_key_checks = 0;";
    both(
        product,
        south -> {
          Relation a = south.relation("a");
          Relation b = south.relation("b");
          Relation c = south.relation("c");
          Relation d = south.relation("d");
          return List.of(
              step(
                  off
                      + "INSERT INTO b VALUES (11, 1), (21, 2), (31, 3); INSERT INTO a VALUES (1, 0, 1)",
                  unchecked(insert(b, 11, 1)),
                  unchecked(insert(b, 21, 2)),
                  unchecked(insert(b, 31, 3)),
                  unchecked(insert(a, 1, 0, 1))),
              step("INSERT INTO c VALUES (111, 11)", insert(c, 111, 11)),
              step("INSERT INTO d VALUES (1, 1)", insert(d, 1, 1)),
              step(off + "DELETE FROM a WHERE id = 1", unchecked(delete(a, 1, SAME, SAME))),
              step(
                  "INSERT INTO a VALUES (1, 0, 1), (2, 0, 2); DELETE FROM a WHERE id = 2;"
                      + off
                      + "UPDATE a SET id = 5; UPDATE b SET a = 4 WHERE id = 31;"
                      + "SET SESSION foreign_key_checks = 1; DELETE FROM b WHERE id = 11",
                  insert(a, 1, 0, 1),
                  insert(a, 2, 0, 2),
                  delete(a, 2, SAME, SAME),
                  unchecked(move(a, row(1, SAME, SAME), 5, 0, 1)),
                  unchecked(update(b, 31, 4)),
                  delete(b, 11, SAME)));
        });
  }

  @ParameterizedTest
  @EnumSource
  void aFailureWithoutChecksLeavesThemOn(MysqlProduct product) throws SQLException {
    try (StandbyDatabase south = StandbyDatabase.create(product, DDL);
        StandbySession session = south.follow("me")) {
      Relation a = south.relation("a");
      Relation b = south.relation("b");
      session.apply(List.of(insert(a, 1, 0, 1), insert(b, 11, 1)));
      session.commit(at(1));

      Change orphan = unchecked(insert(b, 12, 99));
      session.apply(List.of(orphan));
      assertThatThrownBy(() -> session.apply(List.of(insert(b, 13, 98))))
          .isInstanceOf(MirrorException.Operator.class)
          .hasMessageContaining("a foreign key of the standby objects");
      session.rollback();
      assertThatThrownBy(() -> session.apply(List.of(orphan, unchecked(delete(b, 77, SAME)))))
          .isInstanceOf(MirrorException.Invariant.class)
          .hasMessageContaining("row missing");
      session.rollback();
      assertThatThrownBy(() -> session.apply(List.of(insert(b, 13, 98))))
          .isInstanceOf(MirrorException.Operator.class);
      session.rollback();
      session.apply(List.of(orphan));
      session.rollback();
      session.apply(List.of(delete(a, 1, SAME, SAME)));
      session.commit(at(2));
      assertThat(south.query("SELECT * FROM b")).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatWentWrongFirstIsTold(MysqlProduct product) throws SQLException {
    try (StandbyDatabase south = StandbyDatabase.create(product, DDL);
        StandbySession session = south.follow("me")) {
      Relation a = south.relation("a");
      Relation b = south.relation("b");
      assertThatThrownBy(
              () ->
                  session.apply(
                      List.of(insert(a, 1, 0, 1), delete(a, 9, SAME, SAME), insert(b, 1, 77))))
          .isInstanceOf(MirrorException.Invariant.class)
          .hasMessageContaining("row missing on south: delete from " + south.name() + ".a");
      session.rollback();
      assertThatThrownBy(
              () ->
                  session.apply(
                      List.of(insert(a, 1, 0, 1), insert(b, 1, 77), delete(a, 9, SAME, SAME))))
          .isInstanceOf(MirrorException.Operator.class)
          .hasMessageContaining("insert into " + south.name() + ".b")
          .hasMessageContaining("a foreign key of the standby objects");
      session.rollback();
    }
  }
}
