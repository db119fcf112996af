package io.understudy.applier.postgres;

import static io.understudy.applier.Changes.delete;
import static io.understudy.applier.postgres.StandbyDatabase.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.understudy.applier.Changes;
import io.understudy.applier.StandbySession;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Relation;
import io.understudy.journal.RowForm;
import io.understudy.testkit.PostgresServer;
import io.understudy.testkit.TcpProxy;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Only one applier applies, and only one {@code init} fills. */
@ExtendWith(WithServer.class)
class OwnershipIT {
  private static final String DDL =
      "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t SELECT generate_series(1, 5)";

  private final PostgresServer server;

  OwnershipIT(PostgresServer server) {
    this.server = server;
  }

  @Test
  void aSessionThatWasNotEndedIsRefusedAtItsCommit() throws SQLException {
    try (StandbyDatabase south = StandbyDatabase.create(server, DDL);
        StandbySession stale = south.follow("first")) {
      stale.apply(List.of(delete(south.relation("t"), "1")));
      south.execute("UPDATE understudy.mirror SET owner = 'second'");
      assertThatThrownBy(() -> stale.commit(at(1)))
          .isInstanceOf(MirrorException.Superseded.class)
          .hasMessageContaining("(first) was superseded");
      assertThat(south.value("SELECT count(*) FROM t")).isEqualTo("5");
      assertThat(south.standby().progress()).contains(at(0));
    }
  }

  @Test
  void aSupersededApplierDoesNotDisturbItsSuccessor() throws SQLException {
    try (StandbyDatabase south = StandbyDatabase.create(server, DDL);
        StandbyDatabase other = south.another();
        StandbySession stale = south.follow("first");
        StandbySession next = other.standby().takeOver("second")) {
      Relation table = south.relation("t");
      next.apply(List.of(delete(table, "1")));
      assertThatThrownBy(() -> stale.apply(List.of(delete(table, "2"))))
          .isInstanceOf(MirrorException.Transient.class);
      assertThatThrownBy(() -> south.standby().resume("first"))
          .isInstanceOf(MirrorException.Superseded.class);
      next.commit(at(1));
      assertThat(south.query("SELECT id FROM t ORDER BY 1")).containsExactly("2", "3", "4", "5");
    }
  }

  @Test
  void goesOnExactlyOnceAfterItsBackendWasEnded() throws SQLException {
    try (StandbyDatabase south = StandbyDatabase.create(server, DDL);
        StandbySession session = south.follow("me")) {
      Relation table = south.relation("t");
      session.apply(List.of(delete(table, "1")));
      session.commit(at(1));
      session.apply(List.of(delete(table, "2")));
      assertThat(
              south.value(
                  "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE"
                      + " application_name = 'understudy shop applier' AND datname ="
                      + " current_database()"))
          .isEqualTo("t");
      assertThatThrownBy(() -> session.commit(at(2))).isInstanceOf(MirrorException.Transient.class);
      try (StandbySession again = south.standby().resume("me")) {
        assertThat(again.progress()).isEqualTo(at(1));
        again.apply(List.of(delete(table, "2")));
        again.commit(at(2));
      }
      assertThat(south.query("SELECT id FROM t ORDER BY 1")).containsExactly("3", "4", "5");
    }
  }

  @Test
  void aCommitWhoseAnswerWasLostIsFoundInTheProgressRow() throws Exception {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (StandbyDatabase south = StandbyDatabase.create(server, DDL);
        TcpProxy proxy = TcpProxy.to(server.host(), server.port());
        StandbyDatabase behind = south.through(proxy);
        StandbySession session = behind.follow("me")) {
      session.apply(List.of(delete(south.relation("t"), "1")));
      proxy.delay(TcpProxy.Direction.FROM_TARGET, Duration.ofSeconds(3));
      Future<?> commit = thread.submit(() -> session.commit(at(1)));
      await().until(() -> south.standby().progress().equals(Optional.of(at(1))));
      proxy.cut();
      assertThatThrownBy(commit::get)
          .hasCauseInstanceOf(MirrorException.Transient.class)
          .hasMessageContaining("commit of sequence 1 at 0/3E9");
      try (StandbySession again = south.standby().resume("me")) {
        assertThat(again.progress()).isEqualTo(at(1));
      }
      assertThat(south.query("SELECT id FROM t ORDER BY 1")).containsExactly("2", "3", "4", "5");
    } finally {
      thread.shutdownNow();
    }
  }

  @Test
  void leavesTheSessionsOfOthersAlone() throws SQLException {
    try (StandbyDatabase south = StandbyDatabase.create(server, DDL);
        StandbyDatabase elsewhere = StandbyDatabase.create(server, DDL);
        StandbySession other = elsewhere.follow("other");
        StandbySession first = south.follow("first");
        Connection reader = south.connect()) {
      try (StandbySession second = south.standby().takeOver("second")) {
        assertThat(reader.isValid(1)).isTrue();
        second.commit(at(1));
        other.commit(at(1));
        assertThatThrownBy(() -> first.commit(at(1))).isInstanceOf(MirrorException.Transient.class);
      }
    }
  }

  @Test
  void nobodyAppliesToADatabaseThatIsNoStandby() throws SQLException, IOException {
    try (StandbyDatabase south = StandbyDatabase.create(server, DDL)) {
      assertThat(south.standby().progress()).isEmpty();
      assertThat(south.standby().copyInterrupted()).isFalse();
      refusesToTakeOver(south, "has no progress row of mirror shop");
      south.standby().prepare();
      refusesToTakeOver(south, "has no progress row of mirror shop");

      south.standby().beginCopy(List.of(south.relation("t")));
      assertThat(south.standby().copyInterrupted()).isTrue();
      assertThat(south.standby().progress()).isEmpty();
      assertThat(south.value("SELECT count(*) FROM t")).isEqualTo("0");
      refusesToTakeOver(south, "the copy to south did not complete");

      assertThat(copyIn(south, "1\n2\n")).isEqualTo(2);
      south.standby().endCopy(at(4));
      assertThat(south.standby().copyInterrupted()).isFalse();
      assertThat(south.standby().progress()).contains(at(4));
      south.standby().takeOver("me").close();
      assertThat(south.query("SELECT id FROM t ORDER BY 1")).containsExactly("1", "2");

      south.standby().open();
      refusesToTakeOver(south, "was opened for writing by a promotion");
    }
  }

  @Test
  void anOpenedDatabaseTakesNothingMoreFromItsApplier() throws SQLException {
    try (StandbyDatabase south = StandbyDatabase.create(server, DDL);
        StandbyDatabase other = south.another();
        StandbySession session = south.follow("me")) {
      session.apply(List.of(delete(south.relation("t"), "1")));
      other.standby().open();
      assertThatThrownBy(() -> session.commit(at(1))).isInstanceOf(MirrorException.class);
      assertThat(south.value("SELECT count(*) FROM t")).isEqualTo("5");
    }
  }

  @Test
  void aSecondInitTakesTheDatabaseFromTheFirstAndFromTheApplier() throws SQLException {
    try (StandbyDatabase south = StandbyDatabase.create(server, DDL);
        StandbyDatabase other = south.another();
        StandbySession session = south.follow("me")) {
      session.apply(List.of(delete(south.relation("t"), "1")));
      south.standby().beginCopy(List.of(south.relation("t")));
      assertThat(south.standby().progress()).isEmpty();
      assertThat(south.standby().isReadOnly()).isTrue();
      assertThatThrownBy(() -> session.commit(at(1))).isInstanceOf(MirrorException.class);
      other.standby().beginCopy(List.of(south.relation("t")));
      assertThatThrownBy(() -> copyIn(south, "1\n")).isInstanceOf(MirrorException.Superseded.class);
      assertThatThrownBy(() -> south.standby().endCopy(at(9)))
          .isInstanceOf(MirrorException.Superseded.class);
      other.standby().endCopy(at(0));
      assertThat(south.value("SELECT count(*) FROM t")).isEqualTo("0");
    }
  }

  @Test
  void aTakeOverWhoseOutcomeWasLostIsNotRepeatedOverALaterOne() throws SQLException {
    try (StandbyDatabase south = StandbyDatabase.create(server, DDL)) {
      south.follow("zero").close();
      Ownership ownership =
          new Ownership(
              StandbyDatabase.MIRROR,
              new io.understudy.journal.DatabaseName("south"),
              new ProgressTable(StandbyDatabase.MIRROR));
      try (Connection connection = south.connect()) {
        connection.setAutoCommit(false);
        connection.createStatement().execute("SET TRANSACTION READ WRITE");
        ownership.take(connection, "first");
        connection.commit(); // and the answer is lost
      }
      south.standby().takeOver("second").close();
      try (Connection connection = south.connect()) {
        connection.setAutoCommit(false);
        connection.createStatement().execute("SET TRANSACTION READ WRITE");
        assertThatThrownBy(() -> ownership.take(connection, "first"))
            .isInstanceOf(MirrorException.Superseded.class);
        connection.rollback();
      }
      south.standby().resume("second").close();
    }
  }

  private static long copyIn(StandbyDatabase database, String lines)
      throws SQLException, IOException {
    return database
        .standby()
        .copyIn(
            database.relation("t"), RowForm.TEXT, new ByteArrayInputStream(Changes.bytes(lines)));
  }

  private static void refusesToTakeOver(StandbyDatabase database, String why) {
    assertThatThrownBy(() -> database.standby().takeOver("me"))
        .isInstanceOfAny(MirrorException.Operator.class, MirrorException.Held.class)
        .hasMessageContaining(why);
  }
}
