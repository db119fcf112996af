package io.understudy.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is MySQL's and MariaDB's own; the rest is in {@link DatabaseServerIT}. */
class MysqlServerIT {
  @ParameterizedTest
  @EnumSource
  void startsWithTheSettingsAskedFor(MysqlProduct product) throws Exception {
    MysqlSettings settings =
        MysqlSettings.of(product)
            .withServerId(4_000_000_000L)
            .with("max-connections", "37")
            .withPassword("it's \\ \"so\" `é");
    try (MysqlServer server = MysqlServer.start(settings)) {
      assertThat(query(server, "SELECT version()")).startsWith(server.version());
      assertThat(variable(server, "max_connections")).isEqualTo("37");
      assertThat(variable(server, "server_id")).isEqualTo("4000000000");
      assertThat(variable(server, "port")).isEqualTo(Integer.toString(server.port()));
      assertThat(variable(server, "innodb_flush_log_at_trx_commit")).isEqualTo("1");
      assertThat(variable(server, "sync_binlog")).isEqualTo("1");
      assertThat(query(server, "SELECT count(*) FROM mysql.user WHERE user = ''")).isEqualTo("0");
      assertThatThrownBy(
              () ->
                  java.sql.DriverManager.getConnection(
                      "jdbc:mariadb://127.0.0.1:" + server.port() + "/?allowPublicKeyRetrieval",
                      MysqlServer.USER,
                      "wrong"))
          .hasMessageContaining("Access denied");
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
      String id = variable(server, "server_id");
      assertThat(id).isNotEqualTo(variable(other, "server_id"));
      if (product == MysqlProduct.MYSQL) {
        assertThat(variable(server, "server_uuid")).isNotEqualTo(variable(other, "server_uuid"));
      }
      // Whatever made the server ready is not in it.
      assertThat(events(server)).doesNotContain("Gtid ").doesNotContain("Query");
      write(server);
      assertThat(events(server)).contains("Gtid ").contains("Write_rows");
      server.restart();
      assertThat(variable(server, "server_id")).isEqualTo(id);
    }
  }

  @Test
  void mysqlNumbersTransactionsByGtidOrNot() throws Exception {
    try (MysqlServer server = MysqlServer.start(MysqlSettings.mysql())) {
      assertThat(variable(server, "gtid_executed")).isEmpty();
      write(server);
      assertThat(variable(server, "gtid_executed"))
          .isEqualTo(variable(server, "server_uuid") + ":1-3");
    }
    try (MysqlServer server = MysqlServer.start(MysqlSettings.mysql().withGtid(false))) {
      assertThat(variable(server, "gtid_mode")).isEqualTo("OFF");
      write(server);
      assertThat(events(server)).contains("Anonymous_Gtid ").contains("Write_rows");
      assertThat(variable(server, "gtid_executed")).isEmpty();
    }
  }

  @Test
  void mariadbAlwaysHasGtidsAndEnforcesTheirOrderOrNot() throws Exception {
    for (boolean strict : new boolean[] {true, false}) {
      MysqlSettings settings = MysqlSettings.mariadb().withServerId(7).withGtid(strict);
      try (MysqlServer server = MysqlServer.start(settings)) {
        assertThat(variable(server, "gtid_strict_mode")).isEqualTo(strict ? "1" : "0");
        write(server);
        assertThat(variable(server, "gtid_binlog_pos")).isEqualTo("0-7-3");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void canBeWithoutABinaryLog(MysqlProduct product) throws Exception {
    MysqlSettings settings = MysqlSettings.of(product).withNoBinlog();
    try (MysqlServer server = MysqlServer.start(settings)) {
      assertThat(variable(server, "log_bin")).isEqualTo("0");
      write(server);
    }
  }

  @ParameterizedTest
  @EnumSource
  void saysWhatKeptItFromStarting(MysqlProduct product) {
    MysqlSettings wrong = MysqlSettings.of(product).with("no_such_setting", "1");
    assertThatThrownBy(() -> MysqlServer.start(wrong))
        .isInstanceOf(ServerException.class)
        .hasMessageContaining(product.title())
        .hasMessageContaining("unknown variable 'no-such-setting=1'");
  }

  private static void write(MysqlServer server) throws SQLException {
    server.createDatabase("shop `1`");
    try (Connection connection = server.connect("shop `1`");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE t (n int PRIMARY KEY)");
      statement.execute("INSERT INTO t VALUES (1)");
    }
  }

  private static String events(MysqlServer server) throws SQLException {
    StringBuilder all = new StringBuilder();
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SHOW BINLOG EVENTS IN 'binlog.000001'")) {
      while (rows.next()) {
        all.append(rows.getString("Event_type")).append(' ');
      }
    }
    return all.toString();
  }

  private static String variable(MysqlServer server, String name) throws SQLException {
    return query(server, "SELECT @@global." + name);
  }

  private static String query(MysqlServer server, String sql) throws SQLException {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }
}
