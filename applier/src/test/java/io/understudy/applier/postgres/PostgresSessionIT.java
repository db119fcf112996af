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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(WithServer.class)
class PostgresSessionIT {
  private final PostgresServer server;

  PostgresSessionIT(PostgresServer server) {
    this.server = server;
  }

  private static final String ACCOUNTS =
      "CREATE TABLE accounts (aid int PRIMARY KEY, name text NOT NULL, balance numeric(10,2));"
          + "INSERT INTO accounts SELECT i, 'a' || i, i FROM generate_series(1, 5) i";

  @Test
  void appliesEachKindOfChangeTogetherWithTheProgressRow() throws SQLException {
    try (StandbyDatabase south = StandbyDatabase.create(server, ACCOUNTS);
        StandbySession session = south.follow("me")) {
      Relation accounts = south.relation("accounts");
      session.apply(
          List.of(
              insert(accounts, "6", "six", null),
              update(accounts, "1", "one", "1.50"),
              move(accounts, row("2", SAME, SAME), "22", "two", "2.00"),
              delete(accounts, "3", SAME, SAME)));
      assertThat(south.value("SELECT count(*) FROM accounts WHERE name = 'one'")).isEqualTo("0");
      session.commit(at(1));

      assertThat(south.query("SELECT * FROM accounts ORDER BY 1"))
          .containsExactly("1|one|1.50", "4|a4|4.00", "5|a5|5.00", "6|six|~", "22|two|2.00");
      assertThat(
              south.query(
                  "SELECT mirror, state, owner, epoch, sequence, position_kind, position, topic_id,"
                      + " journal_offset, commit_time AT TIME ZONE 'UTC' FROM understudy.mirror"))
          .containsExactly(
              "shop|FOLLOWING|me|1|1|postgresql|0/3E9|topic|2|2023-11-14 22:13:21.123456");
      assertThat(south.standby().progress()).contains(at(1));

      session.apply(List.of(truncate(accounts), insert(accounts, "7", "seven", "7")));
      session.commit(at(2));
      assertThat(south.query("SELECT * FROM accounts")).containsExactly("7|seven|7.00");
    }
  }

  @Test
  void rollsBackWhatWasNotCommitted() throws SQLException {
    try (StandbyDatabase south = StandbyDatabase.create(server, ACCOUNTS);
        StandbySession session = south.follow("me")) {
      Relation accounts = south.relation("accounts");
      session.apply(List.of(delete(accounts, "1", SAME, SAME)));
      session.rollback();
      session.apply(List.of(delete(accounts, "2", SAME, SAME)));
      session.commit(at(1));
      assertThat(south.query("SELECT aid FROM accounts ORDER BY 1"))
          .containsExactly("1", "3", "4", "5");
    }
  }

  @Test
  void insertsAnyNumberOfRows() throws SQLException {
    try (StandbyDatabase south =
            StandbyDatabase.create(server, "CREATE TABLE t (id int PRIMARY KEY, v text)");
        StandbySession session = south.follow("me")) {
      Relation table = south.relation("t");
      List<Change> changes = new ArrayList<>();
      for (int i = 1; i <= 1_777; i++) {
        changes.add(insert(table, Integer.toString(i), "v" + i));
      }
      session.apply(changes);
      session.commit(at(1));
      assertThat(south.value("SELECT count(*), sum(id) FROM t WHERE v = 'v' || id"))
          .isEqualTo("1777|" + 1777 * 1778 / 2);
    }
  }

  @Test
  void saysWhichRowIsMissing() throws SQLException {
    try (StandbyDatabase south = StandbyDatabase.create(server, ACCOUNTS);
        StandbySession session = south.follow("me")) {
      Relation accounts = south.relation("accounts");
      assertThatThrownBy(
              () ->
                  session.apply(
                      List.of(
                          update(accounts, "1", "x", "1"), update(accounts, "99", "secret", "1"))))
          .isInstanceOf(MirrorException.Invariant.class)
          .hasMessage("row missing on south: update of public.accounts (key columns aid)");
      session.rollback();
      assertThatThrownBy(() -> session.apply(List.of(delete(accounts, "99", SAME, SAME))))
          .isInstanceOf(MirrorException.Invariant.class)
          .hasMessage("row missing on south: delete from public.accounts (key columns aid)");
      session.rollback();
      assertThat(south.standby().progress()).contains(at(0));
    }
  }

  @Test
  void aReplacedSessionCannotCommit() throws SQLException {
    try (StandbyDatabase south = StandbyDatabase.create(server, ACCOUNTS);
        StandbyDatabase other = south.another();
        StandbySession stale = south.follow("first")) {
      Relation accounts = south.relation("accounts");
      stale.apply(List.of(delete(accounts, "1", SAME, SAME)));
      try (StandbySession next = other.standby().takeOver("second")) {
        assertThatThrownBy(() -> stale.commit(at(1))).isInstanceOf(MirrorException.Transient.class);
        assertThatThrownBy(() -> south.standby().resume("first"))
            .isInstanceOf(MirrorException.Superseded.class);
        assertThat(south.value("SELECT count(*) FROM accounts")).isEqualTo("5");
        next.apply(List.of(delete(accounts, "2", SAME, SAME)));
        next.commit(at(1));
      }
      assertThat(south.query("SELECT aid FROM accounts ORDER BY 1"))
          .containsExactly("1", "3", "4", "5");
    }
  }
}
