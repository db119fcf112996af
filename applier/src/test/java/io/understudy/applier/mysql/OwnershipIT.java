package io.understudy.applier.mysql;

import static io.understudy.applier.Changes.delete;
import static io.understudy.applier.mysql.StandbyDatabase.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.understudy.applier.Changes;
import io.understudy.applier.Standby;
import io.understudy.applier.StandbySession;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.DatabaseSettings;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import io.understudy.journal.Relation;
import io.understudy.journal.RowForm;
import io.understudy.testkit.MysqlProduct;
import io.understudy.testkit.MysqlServer;
import io.understudy.testkit.TcpProxy;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Only one applier applies, and only one {@code init} fills. */
@ExtendWith(OneServer.class)
class OwnershipIT {
  private static final String DDL =
      "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1), (2), (3), (4), (5)";

  @ParameterizedTest
  @EnumSource
  void aSessionThatWasNotEndedIsRefusedAtItsCommit(MysqlProduct product) throws SQLException {
    try (StandbyDatabase south = StandbyDatabase.create(product, DDL);
        StandbySession stale = south.follow("first")) {
      stale.apply(List.of(delete(south.relation("t"), "1")));
      south.execute("UPDATE understudy.mirror SET owner = 'second' WHERE " + south.ours());
      assertThatThrownBy(() -> stale.commit(at(1)))
          .isInstanceOf(MirrorException.Superseded.class)
          .hasMessageContaining("(first) was superseded");
      assertThat(south.value("SELECT count(*) FROM t")).isEqualTo("5");
      assertThat(south.standby().progress()).contains(at(0));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aSupersededApplierDoesNotDisturbItsSuccessor(MysqlProduct product) throws SQLException {
    try (StandbyDatabase south = StandbyDatabase.create(product, DDL);
        StandbyDatabase other = south.another();
        StandbySession stale = south.follow("first")) {
      Relation table = south.relation("t");
      stale.apply(List.of(delete(table, "1")));
      try (StandbySession next = other.standby().takeOver("second")) {
        next.apply(List.of(delete(table, "1")));
        assertThatThrownBy(() -> stale.apply(List.of(delete(table, "2"))))
            .isInstanceOf(MirrorException.Transient.class);
        assertThatThrownBy(() -> south.standby().resume("first"))
            .isInstanceOf(MirrorException.Superseded.class);
        next.commit(at(1));
      }
      assertThat(south.query("SELECT id FROM t ORDER BY 1")).containsExactly("2", "3", "4", "5");
    }
  }

  @ParameterizedTest
  @EnumSource
  void goesOnExactlyOnceAfterItsSessionWasKilled(MysqlProduct product) throws SQLException {
    try (StandbyDatabase south = StandbyDatabase.create(product, DDL);
        StandbySession session = south.follow("me")) {
      Relation table = south.relation("t");
      session.apply(List.of(delete(table, "1")));
      session.commit(at(1));
      session.apply(List.of(delete(table, "2")));
      String own =
          south.value("SELECT is_used_lock('" + Ownership.lock("shop", south.name()) + "')");
      south.execute("KILL " + own);
      assertThatThrownBy(() -> session.commit(at(2))).isInstanceOf(MirrorException.Transient.class);
      try (StandbySession again = south.standby().resume("me")) {
        assertThat(again.progress()).isEqualTo(at(1));
        again.apply(List.of(delete(table, "2")));
        again.commit(at(2));
      }
      assertThat(south.query("SELECT id FROM t ORDER BY 1")).containsExactly("3", "4", "5");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCommitWhoseAnswerWasLostIsFoundInTheProgressRow(MysqlProduct product) throws Exception {
    MysqlServer server = OneServer.of(product);
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (StandbyDatabase south = StandbyDatabase.create(product, DDL);
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
          .hasMessageContaining("commit of sequence 1 at binlog.000001:1001");
      try (StandbySession again = south.standby().resume("me")) {
        assertThat(again.progress()).isEqualTo(at(1));
      }
      assertThat(south.query("SELECT id FROM t ORDER BY 1")).containsExactly("2", "3", "4", "5");
    } finally {
      thread.shutdownNow();
    }
  }

  @ParameterizedTest
  @EnumSource
  void mirrorsOfOneNameThatEndOnOneServerDoNotMeet(MysqlProduct product) throws SQLException {
    try (StandbyDatabase south = StandbyDatabase.create(product, DDL);
        StandbyDatabase elsewhere = StandbyDatabase.create(product, DDL);
        StandbySession other = elsewhere.follow("other");
        StandbySession first = south.follow("first");
        Connection reader = south.connect()) {
      try (StandbySession second = south.standby().takeOver("second")) {
        assertThat(reader.isValid(1)).isTrue();
        second.commit(at(1));
        second.commit(at(2));
        other.commit(at(1));
        assertThatThrownBy(() -> first.commit(at(1))).isInstanceOf(MirrorException.Transient.class);
      }
      assertThat(south.standby().progress()).contains(at(2));
      assertThat(elsewhere.standby().progress()).contains(at(1));

      assertThat(south.standby().open()).anyMatch(line -> line.contains("mirror shop (standby_"));
      assertThatThrownBy(() -> elsewhere.standby().resume("other"))
          .isInstanceOf(MirrorException.Operator.class)
          .hasMessageContaining("was opened for writing by a promotion of mirror shop (standby_");
      assertThat(south.standby().isReadOnly()).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource
  void nobodyAppliesToADatabaseThatIsNoStandby(MysqlProduct product)
      throws SQLException, IOException {
    try (StandbyDatabase south = StandbyDatabase.create(product, DDL)) {
      assertThat(south.standby().progress()).isEmpty();
      assertThat(south.standby().copyInterrupted()).isFalse();
      refusesToTakeOver(south, "has no progress row of mirror shop");
      south.standby().prepare();
      south.standby().prepare();
      refusesToTakeOver(south, "has no progress row of mirror shop");
      assertThat(south.standby().notEmpty(List.of(south.relation("t")))).hasSize(1);

      south.standby().beginCopy(List.of(south.relation("t")));
      assertThat(south.standby().notEmpty(List.of(south.relation("t")))).isEmpty();
      assertThat(south.standby().copyInterrupted()).isTrue();
      assertThat(south.standby().progress()).isEmpty();
      refusesToTakeOver(south, "the copy to south did not complete");

      assertThat(copyIn(south, "1\n2\n")).isEqualTo(2);
      south.standby().endCopy(at(4));
      assertThat(south.standby().copyInterrupted()).isFalse();
      assertThat(south.standby().progress()).contains(at(4));
      south.standby().takeOver("me").close();
      assertThat(south.query("SELECT id FROM t ORDER BY 1")).containsExactly("1", "2");

      assertThat(south.standby().wasOpened()).isFalse();
      south.standby().open();
      assertThat(south.standby().wasOpened()).isTrue();
      refusesToTakeOver(south, "was opened for writing by a promotion");
    }
  }

  @ParameterizedTest
  @EnumSource
  void anOpenedDatabaseTakesNothingMoreFromItsApplier(MysqlProduct product) throws SQLException {
    try (StandbyDatabase south = StandbyDatabase.create(product, DDL);
        StandbyDatabase other = south.another();
        StandbySession session = south.follow("me")) {
      session.apply(List.of(delete(south.relation("t"), "1")));
      other.standby().open();
      assertThatThrownBy(() -> session.commit(at(1))).isInstanceOf(MirrorException.class);
      assertThat(south.value("SELECT count(*) FROM t")).isEqualTo("5");
      other.standby().open();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aSecondInitTakesTheDatabaseFromTheFirstAndFromTheApplier(MysqlProduct product)
      throws SQLException {
    try (StandbyDatabase south = StandbyDatabase.create(product, DDL);
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

  @ParameterizedTest
  @EnumSource
  void aTakeOverWhoseOutcomeWasLostIsNotRepeatedOverALaterOne(MysqlProduct product)
      throws SQLException {
    try (StandbyDatabase south = StandbyDatabase.create(product, DDL)) {
      south.follow("zero").close();
      Ownership ownership =
          new Ownership(
              StandbyDatabase.MIRROR,
              new DatabaseName("south"),
              new ProgressTable(StandbyDatabase.MIRROR));
      try (Connection connection = south.connect()) {
        connection.setAutoCommit(false);
        ownership.take(connection, "first");
        connection.commit(); // and the answer is lost
        south.standby().takeOver("second").close();
        assertThatThrownBy(() -> ownership.take(connection, "first"))
            .isInstanceOf(MirrorException.Superseded.class);
        connection.rollback();
      }
      south.standby().resume("second").close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aUrlOfTheOtherProductIsRefused(MysqlProduct product) {
    MysqlServer server = OneServer.of(product);
    String url = server.jdbcUrl("mysql");
    boolean mysql = product == MysqlProduct.MYSQL;
    String wrong = (mysql ? "jdbc:mariadb" : "jdbc:mysql") + url.substring(url.indexOf("://"));
    try (Standby standby =
        Standby.of(
            new MirrorName("shop"),
            new DatabaseSettings(
                new DatabaseName("south"), wrong, server.user(), server.password(), Map.of()))) {
      assertThatThrownBy(standby::progress)
          .isInstanceOf(MirrorException.Operator.class)
          .hasMessageContaining("the server of south is not " + (mysql ? "MariaDB" : "MySQL"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatKeepsItFromConnectingIsSaid(MysqlProduct product) {
    MysqlServer server = OneServer.of(product);
    for (int i = 0; i < 10; i++) {
      String nobody = "nobody_" + i;
      assertRefused(server.jdbcUrl("mysql"), nobody, server.password(), nobody);
    }
    assertRefused(server.jdbcUrl("mysql"), server.user(), "wrong", "denied");
    assertRefused(
        server.jdbcUrl("no_such_database"), server.user(), server.password(), "no_such_database");
    String nowhere = server.product().jdbcScheme() + "//127.0.0.1:1/x";
    try (Standby away = standby(nowhere, server.user(), server.password())) {
      assertThatThrownBy(away::progress)
          .isInstanceOf(MirrorException.Transient.class)
          .hasMessageContaining("south: reading the progress row");
    }
  }

  private static void assertRefused(String url, String user, String password, String hint) {
    try (Standby standby = standby(url, user, password)) {
      assertThatThrownBy(standby::progress)
          .isInstanceOf(MirrorException.Operator.class)
          .hasMessageContaining(hint);
    }
  }

  private static Standby standby(String url, String user, String password) {
    return Standby.of(
        new MirrorName("shop"),
        new DatabaseSettings(new DatabaseName("south"), url, user, password, Map.of()));
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
        .isInstanceOf(MirrorException.Operator.class)
        .hasMessageContaining(why);
  }
}
