package io.understudy.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds for the servers of all engines. */
class DatabaseServerIT {
  @ParameterizedTest
  @EnumSource
  void keepsCommittedRowsThroughStopsAndKills(ServerKind kind) throws Exception {
    try (DatabaseServer server = kind.start()) {
      server.createDatabase("shop");
      execute(server, "CREATE TABLE t (n int)");
      int port = server.port();
      for (int i = 0; i < 2; i++) {
        execute(server, "INSERT INTO t VALUES (1)");
        server.stop();
        assertThat(server.isRunning()).isFalse();
        assertThatThrownBy(() -> count(server)).isInstanceOf(SQLException.class);
        server.startAgain();
        execute(server, "INSERT INTO t VALUES (1)");
        server.kill9();
        assertThat(server.isRunning()).isFalse();
        assertThatThrownBy(() -> count(server)).isInstanceOf(SQLException.class);
        server.startAgain();
      }
      server.restart();
      assertThat(server.isRunning()).isTrue();
      assertThat(server.port()).isEqualTo(port);
      assertThat(count(server)).isEqualTo(4);
    }
  }

  @ParameterizedTest
  @EnumSource
  void losesWhatWasNotCommittedWhenItIsKilled(ServerKind kind) throws Exception {
    try (DatabaseServer server = kind.start()) {
      server.createDatabase("shop");
      execute(server, "CREATE TABLE t (n int)");
      Connection connection = server.connect("shop");
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.execute("INSERT INTO t VALUES (1)");
      }
      server.kill9();
      server.startAgain();
      assertThat(count(server)).isZero();
      connection.abort(Runnable::run);
    }
  }

  @ParameterizedTest
  @EnumSource
  void answersNothingWhileFrozen(ServerKind kind) throws Exception {
    try (DatabaseServer server = kind.start();
        Connection connection = server.connect()) {
      server.pause();
      CompletableFuture<Boolean> answer = CompletableFuture.supplyAsync(() -> answers(connection));
      assertThatThrownBy(() -> answer.get(1, TimeUnit.SECONDS))
          .isInstanceOf(TimeoutException.class);
      server.resume();
      assertThat(answer.get(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void saysThatItsPortWasTaken(ServerKind kind) throws Exception {
    try (DatabaseServer server = kind.start()) {
      server.kill9();
      try (ServerSocket thief =
          new ServerSocket(server.port(), 1, InetAddress.getByName(server.host()))) {
        assertThatThrownBy(server::startAgain)
            .isInstanceOf(ServerException.class)
            .hasMessageContaining(kind.title())
            .hasMessageContaining("another program took its port " + thief.getLocalPort());
      }
      server.startAgain();
      assertThatThrownBy(server::startAgain).isInstanceOf(IllegalStateException.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void isReachedByTheUrlThatItGives(ServerKind kind) throws Exception {
    try (DatabaseServer server = kind.start()) {
      server.createDatabase("shop");
      String url = server.jdbcUrl("shop");
      // MariaDB's driver leaves MySQL's URLs to MySQL's driver, unless it is asked.
      String option = kind == ServerKind.MYSQL ? "?permitMysqlScheme&allowPublicKeyRetrieval" : "";
      try (Connection connection =
          DriverManager.getConnection(url + option, server.user(), server.password())) {
        assertThat(connection.getCatalog()).isEqualTo("shop");
        assertThat(connection.getMetaData().getDatabaseProductName()).isEqualTo(kind.title());
      }
    }
  }

  private static void execute(DatabaseServer server, String sql) throws SQLException {
    try (Connection connection = server.connect("shop");
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static int count(DatabaseServer server) throws SQLException {
    try (Connection connection = server.connect("shop");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT count(*) FROM t")) {
      rows.next();
      return rows.getInt(1);
    }
  }

  private static boolean answers(Connection connection) {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT 1")) {
      return rows.next();
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }
}
