package io.understudy.app.harness;

import io.understudy.journal.postgres.Quoting;
import io.understudy.testkit.DatabaseServer;
import io.understudy.testkit.PostgresServer;
import io.understudy.testkit.PostgresSettings;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

final class PostgresDialect implements Dialect {
  /** Of a row with a number and a short text. */
  private static final int ROW_BYTES = 65;

  @Override
  public DatabaseServer start(String password, Map<String, String> settings) {
    PostgresSettings all = PostgresSettings.defaults().withPassword(password);
    for (Map.Entry<String, String> setting : settings.entrySet()) {
      all = all.with(setting.getKey(), setting.getValue());
    }
    return PostgresServer.start(all);
  }

  @Override
  public String schema(String database) {
    return "public";
  }

  @Override
  public String quoted(String name) {
    return Quoting.name(name);
  }

  @Override
  public String keyless(String table) {
    return "ALTER TABLE " + table + " REPLICA IDENTITY FULL";
  }

  @Override
  public String ofFirst(String statement, String table, String order) {
    return statement
        + " WHERE ctid = (SELECT ctid FROM "
        + table
        + " ORDER BY "
        + order
        + " LIMIT 1 FOR UPDATE)";
  }

  @Override
  public String insist() {
    return "SET default_transaction_read_only = off";
  }

  @Override
  public String rowsUnderWay(String table) {
    return "SELECT pg_relation_size('" + table + "') / " + ROW_BYTES;
  }

  @Override
  public String wrongPassword(String user) {
    return "password authentication failed for user \"" + user + '"';
  }

  @Override
  public boolean lostConnection(SQLException e) {
    String state = e.getSQLState();
    return state != null && (state.startsWith("08") || state.startsWith("57P"));
  }

  @Override
  public String comparable() {
    return """
    SET work_mem = '128MB';
    SET search_path = pg_catalog;
    SET extra_float_digits = 3;
    SET quote_all_identifiers = off;
    SET datestyle = 'ISO';
    SET timezone = 'UTC';
    SET intervalstyle = 'postgres';
    SET bytea_output = 'hex'""";
  }

  @Override
  public String columns() {
    return """
    SELECT n.nspname, c.relname, coalesce(a.attname, '')
      FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace
      LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence = 'p'
       AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname NOT IN ('information_schema', 'understudy')
     ORDER BY 1, 2, 3""";
  }

  @Override
  public String rowText(List<String> columns) {
    return columns.stream()
        .map(this::quoted)
        .collect(Collectors.joining(", ", "ROW(", ")::text COLLATE \"C\""));
  }
}
