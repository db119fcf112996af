package io.understudy.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MysqlServerIT {
  @ParameterizedTest
  @EnumSource
  void startsWithTheSettingsAskedFor(MysqlProduct product) throws Exception {
    try (MysqlServer server =
        MysqlServer.start(MysqlSettings.of(product).with("max-connections", "37"))) {
      assertThat(query(server, "SELECT version()")).startsWith(server.version());
      assertThat(variable(server, "max_connections")).isEqualTo("37");
      assertThat(variable(server, "port")).isEqualTo(Integer.toString(server.port()));
      assertThat(variable(server, "innodb_flush_log_at_trx_commit")).isEqualTo("1");
      assertThat(variable(server, "sync_binlog")).isEqualTo("1");
      assertThat(server.jdbcUrl("shop"))
          .isEqualTo("jdbc:" + product.key() + "://127.0.0.1:" + server.port() + "/shop");
    }
  }

  @ParameterizedTest
  @EnumSource
  void writesCompleteRowsToItsBinaryLog(MysqlProduct product) throws Exception {
    try (MysqlServer server = MysqlServer.start(MysqlSettings.of(product));
        MysqlServer other = MysqlServer.start(MysqlSettings.of(product))) {
      assertThat(variable(server, "log_bin")).isEqualTo("1");
      assertThat(variable(server, "binlog_format")).isEqualTo("ROW");
      assertThat(variable(server, "binlog_row_image")).isEqualTo("FULL");
      assertThat(variable(server, "server_id")).isNotEqualTo(variable(other, "server_id"));
      if (product == MysqlProduct.MYSQL) {
        assertThat(variable(server, "server_uuid")).isNotEqualTo(variable(other, "server_uuid"));
      }
      server.createDatabase("shop");
      try (Connection connection = server.connect("shop");
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE TABLE t (n int PRIMARY KEY)");
        statement.execute("INSERT INTO t VALUES (1)");
        assertThat(events(statement)).contains("Write_rows");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void keepsCommittedRowsThroughEachKindOfEnd(MysqlProduct product) throws Exception {
    try (MysqlServer server = MysqlServer.start(MysqlSettings.of(product))) {
      server.createDatabase("shop `1`");
      execute(server, "CREATE DATABASE test");
      execute(server, "CREATE TABLE test.t (n int)");
      int port = server.port();
      String id = variable(server, "server_id");
      execute(server, "INSERT INTO test.t VALUES (1)");
      server.restart();
      for (int i = 0; i < 3; i++) {
        execute(server, "INSERT INTO test.t VALUES (1)");
        server.kill9();
        assertThat(server.isRunning()).isFalse();
        assertThatThrownBy(() -> query(server, "SELECT 1")).isInstanceOf(SQLException.class);
        server.startAgain();
      }
      assertThat(server.port()).isEqualTo(port);
      assertThat(variable(server, "server_id")).isEqualTo(id);
      assertThat(query(server, "SELECT count(*) FROM test.t")).isEqualTo("4");
      try (Connection connection = server.connect("shop `1`")) {
        assertThat(query(connection, "SELECT database()")).isEqualTo("shop `1`");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void answersNothingWhileFrozen(MysqlProduct product) throws Exception {
    try (MysqlServer server = MysqlServer.start(MysqlSettings.of(product));
        Connection connection = server.connect()) {
      server.pause();
      CompletableFuture<String> answer =
          CompletableFuture.supplyAsync(() -> uncheckedQuery(connection, "SELECT 'thawed'"));
      assertThatThrownBy(() -> answer.get(1, TimeUnit.SECONDS))
          .isInstanceOf(java.util.concurrent.TimeoutException.class);
      server.resume();
      assertThat(answer.get(30, TimeUnit.SECONDS)).isEqualTo("thawed");
    }
  }

  private static String events(Statement statement) throws SQLException {
    StringBuilder all = new StringBuilder();
    try (ResultSet rows = statement.executeQuery("SHOW BINLOG EVENTS IN 'binlog.000001'")) {
      while (rows.next()) {
        all.append(rows.getString("Event_type")).append(' ');
      }
    }
    return all.toString();
  }

  private static void execute(MysqlServer server, String sql) throws SQLException {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String variable(MysqlServer server, String name) throws SQLException {
    return query(server, "SELECT @@global." + name);
  }

  private static String query(MysqlServer server, String sql) throws SQLException {
    try (Connection connection = server.connect()) {
      return query(connection, sql);
    }
  }

  private static String uncheckedQuery(Connection connection, String sql) {
    try {
      return query(connection, sql);
    } catch (SQLException e) {
      throw new AssertionError(e);
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
