package io.understudy.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresServerIT {
  @Test
  void startsWithTheSettingsAskedFor() throws Exception {
    try (PostgresServer server =
        PostgresServer.start(PostgresSettings.defaults().with("application_name", "it's"))) {
      assertThat(query(server, "SHOW wal_level")).isEqualTo("logical");
      assertThat(query(server, "SHOW application_name")).isNotEmpty();
      assertThat(query(server, "SHOW server_encoding")).isEqualTo("UTF8");
      assertThat(query(server, "SHOW server_version"))
          .isEqualTo(server.version().replaceAll("\\.0$", ""));
    }
  }

  @Test
  void keepsCommittedRowsThroughEachKindOfEnd() throws Exception {
    try (PostgresServer server = PostgresServer.start(PostgresSettings.defaults())) {
      server.createDatabase("shop \"1\"");
      execute(server, "CREATE TABLE t (n int)");
      int port = server.port();
      for (PostgresServer.StopMode mode : PostgresServer.StopMode.values()) {
        execute(server, "INSERT INTO t VALUES (1)");
        server.stop(mode);
        assertThat(server.isRunning()).isFalse();
        server.startAgain();
      }
      for (int i = 0; i < 3; i++) {
        execute(server, "INSERT INTO t VALUES (1)");
        server.kill9();
        assertThat(server.isRunning()).isFalse();
        assertThatThrownBy(() -> query(server, "SELECT 1")).isInstanceOf(SQLException.class);
        server.startAgain();
      }
      assertThat(server.port()).isEqualTo(port);
      assertThat(query(server, "SELECT count(*) FROM t")).isEqualTo("6");
      try (Connection connection = server.connect("shop \"1\"")) {
        assertThat(connection.getCatalog()).isEqualTo("shop \"1\"");
      }
    }
  }

  @Test
  void asksForThePasswordItWasGiven() throws Exception {
    try (PostgresServer server =
        PostgresServer.start(PostgresSettings.defaults().withPassword("s3cret"))) {
      assertThat(query(server, "SELECT 1")).isEqualTo("1");
      assertThatThrownBy(
              () ->
                  java.sql.DriverManager.getConnection(
                      server.jdbcUrl("postgres"), PostgresServer.USER, "wrong"))
          .hasMessageContaining("password authentication failed");
    }
  }

  @Test
  void saysWhatKeptItFromStarting() {
    PostgresSettings wrong = PostgresSettings.defaults().with("no_such_setting", "1");
    assertThatThrownBy(() -> PostgresServer.start(wrong))
        .isInstanceOf(ServerException.class)
        .hasMessageContaining("unrecognized configuration parameter \"no_such_setting\"");
    assertThatThrownBy(() -> PostgresServer.start(PostgresSettings.defaults().withMajor("7")))
        .isInstanceOf(ServerException.class)
        .hasMessageContaining(
            "no PostgreSQL 7 is known to Maven's build or on the class path, only [18");
  }

  @ParameterizedTest
  @ValueSource(strings = {"14", "15", "16", "17", "18"})
  void isOfTheVersionAskedFor(String major) throws Exception {
    try (PostgresServer server =
        PostgresServer.start(PostgresSettings.defaults().withMajor(major))) {
      assertThat(query(server, "SHOW server_version"))
          .isEqualTo(server.version().replaceAll("\\.0$", ""))
          .startsWith(major + ".");
      assertThat(
              query(
                  server,
                  "SELECT count(*) FROM pg_available_extensions"
                      + " WHERE name IN ('hstore', 'citext', 'ltree', 'cube', 'isn')"))
          .isEqualTo("5");
    }
  }

  private static void execute(PostgresServer server, String sql) throws SQLException {
    try (Connection connection = server.connect("postgres");
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String query(PostgresServer server, String sql) throws SQLException {
    try (Connection connection = server.connect("postgres")) {
      return query(connection, sql);
    }
  }

  private static String query(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }
}
