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
import io.understudy.journal.Column;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Partition;
import io.understudy.journal.Relation;
import io.understudy.journal.RowForm;
import io.understudy.journal.TableName;
import io.understudy.testkit.PostgresServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The source's partitions {@code low} and {@code high}, on standbys with all sorts of partitions.
 */
@ExtendWith(WithServer.class)
class PartitionsIT {
  private static final String SAME_LAYOUT =
      "CREATE TABLE t (id int, v text, PRIMARY KEY (id)) PARTITION BY RANGE (id);"
          + "CREATE TABLE low PARTITION OF t FOR VALUES FROM (0) TO (1000);"
          + "CREATE TABLE high PARTITION OF t FOR VALUES FROM (1000) TO (2000)";
  private static final String OTHER_BOUNDS =
      "CREATE TABLE t (v text, id int, PRIMARY KEY (id)) PARTITION BY RANGE (id);"
          + "CREATE TABLE low PARTITION OF t FOR VALUES FROM (0) TO (10);"
          + "CREATE TABLE high PARTITION OF t FOR VALUES FROM (10) TO (3000)";
  private static final String OTHER_DEPTH =
      "CREATE TABLE t (id int, v text, PRIMARY KEY (id)) PARTITION BY RANGE (id);"
          + "CREATE TABLE part PARTITION OF t FOR VALUES FROM (0) TO (1500) PARTITION BY HASH (id);"
          + "CREATE TABLE h0 PARTITION OF part FOR VALUES WITH (MODULUS 2, REMAINDER 0);"
          + "CREATE TABLE h1 PARTITION OF part FOR VALUES WITH (MODULUS 2, REMAINDER 1);"
          + "CREATE TABLE others PARTITION OF t DEFAULT";
  private static final String PLAIN = "CREATE TABLE t (id int PRIMARY KEY, v text)";

  private final PostgresServer server;

  PartitionsIT(PostgresServer server) {
    this.server = server;
  }

  @ParameterizedTest
  @ValueSource(strings = {SAME_LAYOUT, OTHER_BOUNDS, OTHER_DEPTH, PLAIN})
  void takesTheRowsOfTheSourcesPartitions(String ddl) throws SQLException, IOException {
    try (StandbyDatabase north = StandbyDatabase.create(server, SAME_LAYOUT);
        StandbyDatabase south = StandbyDatabase.create(server, ddl)) {
      Relation low = partition(north, "low");
      Relation high = partition(north, "high");
      assertThat(south.differences(List.of(low, high))).isEmpty();
      south.execute("INSERT INTO t VALUES (1, '1')");
      assertThat(south.standby().notEmpty(List.of(low, high))).contains(low);
      fill(south, low, high);
      north.execute("INSERT INTO t VALUES (5, 'copied'), (6, 'copied'), (1005, 'copied')");

      try (StandbySession session = south.standby().takeOver("me")) {
        session.apply(everything(low, high));
        session.commit(at(1));
        north.execute(
            "INSERT INTO t SELECT i, 'v' || i FROM generate_series(100, 399) i;"
                + "UPDATE t SET v = 'new' WHERE id BETWEEN 100 AND 299;"
                + "DELETE FROM t WHERE id BETWEEN 300 AND 399; DELETE FROM t WHERE id = 6;"
                + "UPDATE t SET id = 1006 WHERE id = 5; UPDATE t SET id = 1007 WHERE id = 1005");
        String content = "SELECT id, v FROM t ORDER BY id";
        assertThat(south.query(content)).isEqualTo(north.query(content));

        Relation noKey =
            new Relation(
                low.table(),
                low.columns().stream().map(c -> new Column(c.name(), c.type(), false)).toList(),
                low.partition());
        List<Change> changes = new ArrayList<>();
        for (int i = 100; i < 120; i++) {
          changes.add(delete(noKey, "" + i, "new"));
          changes.add(move(noKey, row("" + (i + 20), "new"), "" + (i + 20), "newer"));
        }
        session.apply(changes);
        session.commit(at(2));
        north.execute(
            "DELETE FROM t WHERE id BETWEEN 100 AND 119;"
                + "UPDATE t SET v = 'newer' WHERE id BETWEEN 120 AND 139");
        assertThat(south.query(content)).isEqualTo(north.query(content));

        session.apply(List.of(truncate(low), insert(low, "7", "after")));
        session.commit(at(3));
        north.execute("TRUNCATE low; INSERT INTO t VALUES (7, 'after')");
        assertThat(south.query(content)).isEqualTo(north.query(content));
      }
    }
  }

  private static List<Change> everything(Relation low, Relation high) {
    List<Change> changes = new ArrayList<>();
    for (int i = 100; i < 400; i++) {
      changes.add(insert(low, "" + i, "v" + i));
    }
    for (int i = 100; i < 300; i++) {
      changes.add(update(low, "" + i, "new"));
    }
    for (int i = 300; i < 400; i++) {
      changes.add(delete(low, "" + i, SAME));
    }
    changes.add(delete(low, "6", SAME));
    changes.add(delete(low, "5", SAME));
    changes.add(insert(high, "1006", "copied"));
    changes.add(move(high, row("1005", SAME), "1007", "copied"));
    return changes;
  }

  private static void fill(StandbyDatabase south, Relation low, Relation high) throws IOException {
    south.standby().prepare();
    south.standby().beginCopy(List.of(low, high));
    assertThat(south.standby().copyIn(low, RowForm.TEXT, rows("5\tcopied\n6\tcopied\n")))
        .isEqualTo(2);
    assertThat(south.standby().copyIn(high, RowForm.TEXT, rows("1005\tcopied\n"))).isEqualTo(1);
    south.standby().endCopy(at(0));
  }

  private static ByteArrayInputStream rows(String lines) {
    return new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void writesIntoThePartitionItselfWhereItIsTheSame() throws SQLException {
    try (StandbyDatabase north = StandbyDatabase.create(server, OTHER_DEPTH);
        StandbyDatabase other = StandbyDatabase.create(server, PLAIN);
        StandbyDatabase south = StandbyDatabase.create(server, OTHER_DEPTH)) {
      for (String name : List.of("h0", "h1", "others")) {
        Relation leaf = partition(north, name);
        assertThat(place(south, leaf)).isEqualTo(leaf.table().table());
        assertThat(place(other, leaf)).isEqualTo("t");
      }
    }
  }

  private static String place(StandbyDatabase database, Relation relation) throws SQLException {
    try (Connection connection = database.connect()) {
      return StandbyTable.of(connection, relation).orElseThrow().name().table();
    }
  }

  @Test
  void cannotTellWhichRowsAHashPartitionHad() throws SQLException {
    try (StandbyDatabase north = StandbyDatabase.create(server, OTHER_DEPTH);
        StandbyDatabase south = StandbyDatabase.create(server, PLAIN);
        StandbySession session = south.follow("me")) {
      Relation leaf = partition(north, "h0");
      session.apply(List.of(insert(leaf, "2", "a"), update(leaf, "2", "b")));
      session.commit(at(1));
      assertThatThrownBy(() -> session.apply(List.of(truncate(leaf))))
          .isInstanceOf(MirrorException.Operator.class)
          .hasMessage(
              "truncate of public.h0: the standby lacks this hash partition of public.t, and"
                  + " cannot tell which rows were in it");
      session.rollback();
      assertThat(south.query("SELECT * FROM t")).containsExactly("2|b");
    }
  }

  @Test
  void aPlainTableOfTheSourceMayHavePartitionsHere() throws SQLException {
    try (StandbyDatabase north = StandbyDatabase.create(server, PLAIN);
        StandbyDatabase south = StandbyDatabase.create(server, OTHER_DEPTH);
        StandbySession session = south.follow("me")) {
      Relation table = north.relation("t");
      List<Change> changes = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        changes.add(insert(table, "" + i, "v"));
        changes.add(move(table, row("" + i, SAME), "" + (i + 1500), "w"));
      }
      changes.add(delete(table, "1500", SAME));
      session.apply(changes);
      session.commit(at(1));
      assertThat(south.query("SELECT tableoid::regclass, v, count(*) FROM t GROUP BY 1, 2"))
          .containsExactly("others|w|299");
      session.apply(List.of(truncate(table)));
      session.commit(at(2));
      assertThat(south.query("SELECT * FROM t")).isEmpty();
    }
  }

  private static Relation partition(StandbyDatabase north, String name) throws SQLException {
    Relation table = north.relation(name);
    String constraint =
        north.value("SELECT pg_get_partition_constraintdef('" + name + "'::regclass)");
    return new Relation(
        table.table(),
        table.columns(),
        Optional.of(new Partition(new TableName("public", "t"), constraint)));
  }
}
