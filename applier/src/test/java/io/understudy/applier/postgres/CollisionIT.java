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
import io.understudy.journal.MirrorException;
import io.understudy.journal.Relation;
import io.understudy.testkit.PostgresServer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows that change places, which the source may do in one statement. */
@ExtendWith(WithServer.class)
class CollisionIT {
  private final PostgresServer server;

  CollisionIT(PostgresServer server) {
    this.server = server;
  }

  private static final int ROWS = 40;

  /**
   * {@code UPDATE t SET id = id + 1}, whose rows the source logs in any order, on every kind of
   * standby.
   */
  @ParameterizedTest
  @CsvSource({
    "'', true, false",
    "'', true, true",
    "'', false, false",
    "'', false, true",
    "DEFERRABLE, true, false",
    "DEFERRABLE, true, true",
    "DEFERRABLE, false, true",
    "DEFERRABLE INITIALLY DEFERRED, true, true",
    "DEFERRABLE INITIALLY DEFERRED, false, false"
  })
  void movesAllKeysAlong(String deferrable, boolean keyed, boolean inPieces) throws SQLException {
    String ddl =
        "CREATE TABLE t (id int CONSTRAINT pk PRIMARY KEY %s, v text, w text);"
                .formatted(deferrable)
            + "INSERT INTO t SELECT i, 'v' || i, repeat('w', i) FROM generate_series(1, %d) i"
                .formatted(ROWS);
    try (StandbyDatabase south = StandbyDatabase.create(server, ddl);
        StandbySession session = south.follow("me")) {
      Relation table = keyed ? south.relation("t") : withoutKey(south.relation("t"));
      List<String> expected = south.query("SELECT id + 1, v, w FROM t ORDER BY id");
      List<Change> changes = new ArrayList<>();
      for (int i = 1; i <= ROWS; i++) {
        changes.add(
            keyed
                ? move(table, row("" + i, SAME, SAME), "" + (i + 1), "v" + i, SAME)
                : move(table, row("" + i, "v" + i, "w".repeat(i)), "" + (i + 1), "v" + i, SAME));
      }
      if (!keyed) {
        Collections.shuffle(changes, new java.util.Random(7));
      }
      for (List<Change> part : inPieces ? pieces(changes) : List.of(changes)) {
        session.apply(part);
      }
      session.commit(at(1));
      assertThat(south.query("SELECT * FROM t ORDER BY id")).isEqualTo(expected);
    }
  }

  @Test
  void swapsTwoKeys() throws SQLException {
    String ddl =
        "CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'a'), (2, 'b')";
    try (StandbyDatabase south = StandbyDatabase.create(server, ddl);
        StandbySession session = south.follow("me")) {
      Relation table = south.relation("t");
      session.apply(
          List.of(move(table, row("1", SAME), "2", "a"), move(table, row("2", SAME), "1", "b")));
      session.commit(at(1));
      assertThat(south.query("SELECT * FROM t ORDER BY 1")).containsExactly("1|b", "2|a");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "DEFERRABLE"})
  void swapsUniqueValuesThatAreNotTheKey(String deferrable) throws SQLException {
    String ddl =
        "CREATE TABLE t (id int PRIMARY KEY, a int, b int, g int GENERATED ALWAYS AS (a + b) STORED,"
            + " UNIQUE (a, b) "
            + deferrable
            + "); INSERT INTO t VALUES (1, 1, 5), (2, 2, 5), (3, 3, 5)";
    try (StandbyDatabase south = StandbyDatabase.create(server, ddl);
        StandbySession session = south.follow("me")) {
      Relation table = south.relation("t");
      session.apply(
          List.of(
              update(table, "1", "2", SAME),
              update(table, "2", "3", "5"),
              update(table, "3", "1", SAME),
              delete(table, "2", SAME, SAME),
              insert(table, "4", "3", "5")));
      session.commit(at(1));
      assertThat(south.query("SELECT * FROM t ORDER BY 1"))
          .containsExactly("1|2|5|7", "3|1|5|6", "4|3|5|8");
    }
  }

  @Test
  void takesADeletedRowOutOfTheWayOfItsSuccessor() throws SQLException {
    String ddl =
        "CREATE TABLE t (id int PRIMARY KEY, v text UNIQUE); INSERT INTO t VALUES (1, 'a'), (2, 'b')";
    try (StandbyDatabase south = StandbyDatabase.create(server, ddl);
        StandbySession session = south.follow("me")) {
      Relation table = south.relation("t");
      session.apply(List.of(insert(table, "3", "a"), delete(table, "1", SAME)));
      session.commit(at(1));
      assertThat(south.query("SELECT * FROM t ORDER BY 1")).containsExactly("2|b", "3|a");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "DEFERRABLE"})
  void refusesARowThatNothingMovesOutOfTheWay(String deferrable) throws SQLException {
    String ddl =
        "CREATE TABLE t (id int CONSTRAINT pk PRIMARY KEY %s, v text); INSERT INTO t VALUES (1, 'a'), (2, 'b')"
            .formatted(deferrable);
    try (StandbyDatabase south = StandbyDatabase.create(server, ddl);
        StandbySession session = south.follow("me")) {
      Relation table = south.relation("t");
      session.apply(List.of(insert(table, "1", "secret")));
      assertThatThrownBy(() -> session.commit(at(1)))
          .isInstanceOf(MirrorException.Invariant.class)
          .hasMessage(
              "row already there on south: insert into public.t (key columns id), by constraint "
                  + "pk");
      session.rollback();
      assertThatThrownBy(
              () ->
                  session.apply(
                      List.of(move(table, row("1", SAME), "2", "a"), delete(table, "2", SAME))))
          .isInstanceOf(MirrorException.Invariant.class)
          .hasMessage(
              "several rows for one change on south: delete from public.t (key columns id)");
      session.rollback();
      assertThat(south.query("SELECT * FROM t ORDER BY 1")).containsExactly("1|a", "2|b");
      assertThat(south.standby().progress()).contains(at(0));
    }
  }

  private static List<List<Change>> pieces(List<Change> changes) {
    List<List<Change>> pieces = new ArrayList<>();
    for (int from = 0; from < changes.size(); from += 7) {
      pieces.add(changes.subList(from, Math.min(changes.size(), from + 7)));
    }
    return pieces;
  }

  private static Relation withoutKey(Relation relation) {
    return new Relation(
        relation.table(),
        relation.columns().stream()
            .map(column -> new Column(column.name(), column.type(), false))
            .toList());
  }
}
