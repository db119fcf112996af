package io.understudy.applier.mysql;

import static io.understudy.applier.Changes.SAME;
import static io.understudy.applier.Changes.delete;
import static io.understudy.applier.Changes.insert;
import static io.understudy.applier.Changes.move;
import static io.understudy.applier.Changes.row;
import static io.understudy.applier.Changes.truncate;
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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(OneServer.class)
class MysqlSessionIT {
  private static final String ACCOUNTS =
      "CREATE TABLE accounts (aid int PRIMARY KEY, name text NOT NULL, balance decimal(10,2));"
          + "INSERT INTO accounts VALUES (1, 'a1', 1), (2, 'a2', 2), (3, 'a3', 3), (4, 'a4', 4),"
          + " (5, 'a5', 5)";

  @ParameterizedTest
  @EnumSource
  void appliesEachKindOfChangeTogetherWithTheProgressRow(MysqlProduct product) throws SQLException {
    try (StandbyDatabase south = StandbyDatabase.create(product, ACCOUNTS);
        StandbySession session = south.follow("me")) {
      Relation accounts = south.relation("accounts");
      session.apply(
          List.of(
              insert(accounts, "6", "six", null),
              update(accounts, "1", "one", "1.50"),
              move(accounts, row("2", SAME, SAME), "22", "two", "2.00"),
              update(accounts, "4", SAME, "4.00"),
              delete(accounts, "3", SAME, SAME)));
      assertThat(south.value("SELECT count(*) FROM accounts WHERE name = 'one'")).isEqualTo("0");
      session.commit(at(1));

      assertThat(south.query("SELECT * FROM accounts ORDER BY 1"))
          .containsExactly("1|one|1.50", "4|a4|4.00", "5|a5|5.00", "6|six|~", "22|two|2.00");
      assertThat(
              south.query(
                  "SELECT mirror, home, state, owner, epoch, sequence, position_kind, position,"
                      + " topic_id, journal_offset, commit_time FROM understudy.mirror WHERE "
                      + south.ours()))
          .containsExactly(
              "shop|"
                  + south.name()
                  + "|FOLLOWING|me|1|1|mysql|binlog.000001:1001|topic|2|2023-11-14 22:13:21.123456");
      assertThat(south.standby().progress()).contains(at(1));

      session.apply(List.of(truncate(accounts), insert(accounts, "7", "seven", "7")));
      session.commit(at(2));
      assertThat(south.query("SELECT * FROM accounts")).containsExactly("7|seven|7.00");
    }
  }

  @ParameterizedTest
  @EnumSource
  void rollsBackWhatWasNotCommitted(MysqlProduct product) throws SQLException {
    try (StandbyDatabase south = StandbyDatabase.create(product, ACCOUNTS);
        StandbySession session = south.follow("me")) {
      Relation accounts = south.relation("accounts");
      session.apply(List.of(truncate(accounts)));
      session.rollback();
      session.apply(List.of(delete(accounts, "2", SAME, SAME)));
      session.commit(at(1));
      assertThat(south.query("SELECT aid FROM accounts ORDER BY 1"))
          .containsExactly("1", "3", "4", "5");
    }
  }

  @ParameterizedTest
  @EnumSource
  void changesAnyNumberOfRows(MysqlProduct product) throws SQLException {
    try (StandbyDatabase south =
            StandbyDatabase.create(product, "CREATE TABLE t (id int PRIMARY KEY, v longtext)");
        StandbySession session = south.follow("me")) {
      Relation table = south.relation("t");
      List<Change> inserts = new ArrayList<>();
      List<Change> updates = new ArrayList<>();
      List<Change> deletes = new ArrayList<>();
      for (int i = 1; i <= 1_777; i++) {
        inserts.add(insert(table, i, "v" + i));
        updates.add(update(table, i, i % 2 == 0 ? "v" + i : "w" + i));
        if (i > 1_000) {
          deletes.add(delete(table, i, SAME));
        }
      }
      inserts.add(insert(table, 9_999, "long'\\".repeat(500_000)));
      session.apply(inserts);
      session.apply(updates);
      session.apply(deletes);
      session.commit(at(1));
      assertThat(
              south.value(
                  "SELECT count(*), sum(id) FROM t WHERE v = concat(if(id % 2, 'w', 'v'), id)"))
          .isEqualTo("1000|500500");
      assertThat(south.value("SELECT v = repeat('long''\\\\', 500000) FROM t WHERE id = 9999"))
          .isEqualTo("1");
    }
  }

  @ParameterizedTest
  @EnumSource
  void saysWhichRowIsMissingAndWhichIsThere(MysqlProduct product) throws SQLException {
    try (StandbyDatabase south = StandbyDatabase.create(product, ACCOUNTS);
        StandbySession session = south.follow("me")) {
      Relation accounts = south.relation("accounts");
      String table = south.name() + ".accounts (key columns aid)";
      assertThatThrownBy(
              () ->
                  session.apply(
                      List.of(
                          update(accounts, "1", "x", "1"), update(accounts, "99", "secret", "1"))))
          .isInstanceOf(MirrorException.Invariant.class)
          .hasMessage("row missing on south: update of " + table);
      session.rollback();
      assertThatThrownBy(() -> session.apply(List.of(delete(accounts, "99", SAME, SAME))))
          .isInstanceOf(MirrorException.Invariant.class)
          .hasMessage("row missing on south: delete from " + table);
      session.rollback();
      assertThatThrownBy(() -> session.apply(List.of(insert(accounts, "5", "secret", "1"))))
          .isInstanceOf(MirrorException.Invariant.class)
          .hasMessageContaining("row already there on south: insert into " + table)
          .hasMessageContaining("PRIMARY");
      session.rollback();
      assertThatThrownBy(() -> session.apply(List.of(insert(accounts, "8", "x", "123456789.00"))))
          .isInstanceOf(MirrorException.Operator.class)
          .hasMessageContaining("does not take a value of column balance")
          .hasMessageNotContaining("123456789");
      session.rollback();
      assertThat(south.standby().progress()).contains(at(0));
      assertThat(south.value("SELECT group_concat(aid, name ORDER BY aid) FROM accounts"))
          .isEqualTo("1a1,2a2,3a3,4a4,5a5");
    }
  }

  @ParameterizedTest
  @EnumSource
  void rowsMayTakeOneAnothersKeys(MysqlProduct product) throws SQLException {
    try (StandbyDatabase south =
            StandbyDatabase.create(
                product,
                "CREATE TABLE t (id int PRIMARY KEY, u varchar(9) UNIQUE);"
                    + "INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c')");
        StandbySession session = south.follow("me")) {
      Relation table = south.relation("t");
      session.apply(
          List.of(
              move(table, row("1", SAME), "0", "z"),
              move(table, row("2", SAME), "1", "a"),
              move(table, row("0", SAME), "2", "b"),
              delete(table, "3", SAME),
              insert(table, "3", "C")));
      session.commit(at(1));
      assertThat(south.query("SELECT * FROM t ORDER BY 1")).containsExactly("1|a", "2|b", "3|C");
    }
  }

  @ParameterizedTest
  @EnumSource
  void leavesCascadesToTheServerAndKeepsTheOrderOfConnectedTables(MysqlProduct product)
      throws SQLException {
    String ddl =
        """
        CREATE TABLE plain (id int PRIMARY KEY);
        CREATE TABLE parent (id int PRIMARY KEY, up int,
          FOREIGN KEY (up) REFERENCES parent (id) ON DELETE SET NULL);
        CREATE TABLE child (id int PRIMARY KEY, parent int,
          FOREIGN KEY (parent) REFERENCES parent (id) ON DELETE CASCADE ON UPDATE CASCADE);
        CREATE TABLE strict_child (id int PRIMARY KEY, parent int,
          FOREIGN KEY (parent) REFERENCES parent (id))""";
    try (StandbyDatabase south = StandbyDatabase.create(product, ddl);
        StandbySession session = south.follow("me")) {
      Relation plain = south.relation("plain");
      Relation parent = south.relation("parent");
      Relation child = south.relation("child");
      Relation strict = south.relation("strict_child");
      session.apply(
          List.of(
              insert(parent, 1, null),
              insert(child, 11, 1),
              insert(plain, 1),
              insert(strict, 21, 1),
              insert(parent, 2, 1),
              insert(child, 12, 2),
              insert(plain, 2),
              delete(strict, 21, SAME),
              insert(parent, 3, 1),
              update(parent, 1, null)));
      session.commit(at(1));
      session.apply(
          List.of(
              move(parent, row(2, SAME), 4, 1),
              delete(parent, 1, SAME),
              insert(parent, 5, null),
              delete(plain, 1)));
      session.commit(at(2));
      assertThat(south.query("SELECT * FROM child")).containsExactly("12|4");
      assertThat(south.query("SELECT * FROM parent ORDER BY 1"))
          .containsExactly("3|~", "4|~", "5|~");
      assertThatThrownBy(() -> session.apply(List.of(insert(strict, 22, 99))))
          .isInstanceOf(MirrorException.Operator.class)
          .hasMessageContaining("a foreign key of the standby objects")
          .hasMessageContaining("strict_child");
      session.rollback();
      session.apply(List.of(truncate(parent)));
      session.commit(at(3));
      assertThat(south.query("SELECT * FROM child")).containsExactly("12|4");
    }
  }

  @ParameterizedTest
  @EnumSource
  void generatedColumnsAndDefaultsForUpdatesAreLeftToTheSource(MysqlProduct product)
      throws SQLException {
    String ddl =
        "CREATE TABLE t (ts timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE"
            + " CURRENT_TIMESTAMP, id int AUTO_INCREMENT PRIMARY KEY, a int,"
            + " twice int AS (a * 2) STORED, thrice int AS (a * 3) VIRTUAL)";
    try (StandbyDatabase south = StandbyDatabase.create(product, ddl);
        StandbySession session = south.follow("me")) {
      Relation table = south.relation("t");
      session.apply(
          List.of(
              insert(table, "2001-02-03 04:05:06", 0, 7),
              insert(table, "2001-02-03 04:05:06", -5, 8),
              update(table, "2001-02-03 04:05:06", 0, 9)));
      session.commit(at(1));
      south.execute("SET GLOBAL time_zone = '+00:00'");
      assertThat(south.query("SELECT * FROM t ORDER BY id"))
          .containsExactly("2001-02-03 04:05:06|-5|8|16|24", "2001-02-03 04:05:06|0|9|18|27");
    }
  }

  @ParameterizedTest
  @EnumSource
  void picksOneOfLikeRowsWithoutAKey(MysqlProduct product) throws SQLException {
    String ddl =
        "CREATE TABLE t (a varchar(9), b int);"
            + "INSERT INTO t VALUES ('x', 1), ('x', 1), ('X', 1), ('x ', 1), (NULL, NULL)";
    try (StandbyDatabase south = StandbyDatabase.create(product, ddl);
        StandbySession session = south.follow("me")) {
      Relation table = south.relation("t");
      session.apply(
          List.of(
              delete(table, "x", 1),
              move(table, row(null, null), "n", null),
              move(table, row("x ", 1), "y ", 2)));
      session.commit(at(1));
      assertThat(south.query("SELECT concat('[', a, ']'), b FROM t"))
          .containsExactlyInAnyOrder("[x]|1", "[X]|1", "[n]|~", "[y ]|2");
      assertThatThrownBy(() -> session.apply(List.of(delete(table, "N", null))))
          .isInstanceOf(MirrorException.Invariant.class)
          .hasMessageContaining("(no key, all columns compared)");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aValueThatTheStandbyDoesNotTakeStopsItWithoutBeingTold(MysqlProduct product)
      throws SQLException {
    String ddl =
        "CREATE TABLE t (id int PRIMARY KEY, v int, w varchar(3) NOT NULL,"
            + " CONSTRAINT small CHECK (v < 5))";
    try (StandbyDatabase south = StandbyDatabase.create(product, ddl);
        StandbySession session = south.follow("me")) {
      Relation table = south.relation("t");
      refused(session, insert(table, 1, 1, "secret"), "does not take a value of column w");
      refused(session, insert(table, 1, 7, "a"), "a constraint of the standby objects");
      refused(session, insert(table, 1, 1, null), "column w");
      session.apply(List.of(insert(table, 1, 1, "a")));
      session.commit(at(1));
      assertThat(south.query("SELECT * FROM t")).containsExactly("1|1|a");
    }
  }

  private static void refused(StandbySession session, Change change, String why) {
    assertThatThrownBy(() -> session.apply(List.of(change)))
        .isInstanceOf(MirrorException.Operator.class)
        .hasMessageContaining(why)
        .hasMessageNotContaining("secret")
        .hasNoCause();
    session.rollback();
  }

  @ParameterizedTest
  @EnumSource
  void quotesWhateverANameIs(MysqlProduct product) throws SQLException {
    String odd = "T ``; DROP -- ? {d ''x''} :a /*";
    String ddl = "CREATE TABLE `x` (`Id $1?` int PRIMARY KEY, `se``lect` text, `?` text)";
    try (StandbyDatabase south = StandbyDatabase.create(product, ddl);
        StandbySession session = south.follow("me")) {
      try (java.sql.Connection connection = south.connect();
          java.sql.Statement statement = connection.createStatement()) {
        statement.execute("RENAME TABLE `x` TO `" + odd + "`");
      }
      Relation table = south.relation(odd.replace("``", "`"));
      session.apply(
          List.of(
              insert(table, 1, "a", "? {d '2020-01-01'} /* -- "),
              update(table, 1, "c", "? {d '2020-01-01'} /* -- "),
              insert(table, 2, "", "")));
      session.apply(List.of(delete(table, 2, SAME, SAME)));
      session.commit(at(1));
      assertThat(south.query("SELECT * FROM `" + odd + "`"))
          .containsExactly("1|c|? {d '2020-01-01'} /* -- ");
    }
  }
}
