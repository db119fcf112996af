package io.understudy.app.harness;

import io.understudy.testkit.DatabaseServer;
import io.understudy.testkit.MysqlProduct;
import io.understudy.testkit.MysqlServer;
import io.understudy.testkit.MysqlSettings;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** MySQL and MariaDB, which are alike to a test. */
final class MysqlDialect implements Dialect {
  private final MysqlProduct product;

  MysqlDialect(MysqlProduct product) {
    this.product = product;
  }

  @Override
  public DatabaseServer start(String password, Map<String, String> settings) {
    MysqlSettings all =
        MysqlSettings.of(product)
            .withPassword(password)
            .with("innodb_flush_log_at_trx_commit", "2")
            .with("sync_binlog", "0");
    for (Map.Entry<String, String> setting : settings.entrySet()) {
      all = all.with(setting.getKey(), setting.getValue());
    }
    return MysqlServer.start(all);
  }

  @Override
  public String schema(String database) {
    return database;
  }

  @Override
  public String quoted(String name) {
    return '`' + name.replace("`", "``") + '`';
  }

  @Override
  public String keyless(String table) {
    return "";
  }

  @Override
  public String ofFirst(String statement, String table, String order) {
    return statement + " ORDER BY " + order + " LIMIT 1";
  }

  /** The servers' root is above being read-only. */
  @Override
  public String insist() {
    return "";
  }

  @Override
  public String rowsUnderWay(String table) {
    return "SELECT coalesce(max(trx_rows_modified), 0) FROM information_schema.innodb_trx";
  }

  @Override
  public String wrongPassword(String user) {
    return "Access denied for user '" + user + "'";
  }

  @Override
  public boolean lostConnection(SQLException e) {
    String state = e.getSQLState();
    return state != null && (state.startsWith("08") || state.equals("70100"));
  }

  @Override
  public String comparable() {
    return """
    SET time_zone = '+00:00';
    SET max_sort_length = 65536;
    SET sort_buffer_size = 67108864""";
  }

  @Override
  public String columns() {
    return """
    SELECT c.table_schema, c.table_name, c.column_name
      FROM information_schema.columns c
      JOIN information_schema.tables t
        ON t.table_schema = c.table_schema AND t.table_name = c.table_name
     WHERE t.table_type = 'BASE TABLE' AND c.table_schema = database()
     ORDER BY 1, 2, 3""";
  }

  /** The bytes of each value, spelled so that neither collations nor commas have a say. */
  @Override
  public String rowText(List<String> columns) {
    return columns.stream()
        .map(column -> "coalesce(hex(cast(" + quoted(column) + " AS binary)), '-')")
        .collect(Collectors.joining(", ", "cast(concat_ws(',', ", ") AS binary)"));
  }
}
