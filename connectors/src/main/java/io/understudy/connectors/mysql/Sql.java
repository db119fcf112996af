package io.understudy.connectors.mysql;

import io.understudy.journal.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Spelling of names, and small questions to the server, answered as text. */
final class Sql {
  private Sql() {}

  static String name(String identifier) {
    return '`' + identifier.replace("`", "``") + '`';
  }

  static String name(TableName table) {
    return name(table.schema()) + "." + name(table.table());
  }

  /** All rows, by column in lower case and in order; a value may be null. */
  static List<Map<String, String>> rows(Connection connection, String sql, String... parameters)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setString(i + 1, parameters[i]);
      }
      try (ResultSet row = statement.executeQuery()) {
        List<Map<String, String>> rows = new ArrayList<>();
        int width = row.getMetaData().getColumnCount();
        while (row.next()) {
          Map<String, String> values = new LinkedHashMap<>();
          for (int i = 1; i <= width; i++) {
            values.put(
                row.getMetaData().getColumnLabel(i).toLowerCase(Locale.ROOT), row.getString(i));
          }
          rows.add(values);
        }
        return rows;
      }
    }
  }

  /** The first value of the first row; empty if it is NULL or there is none. */
  static String value(Connection connection, String sql, String... parameters) throws SQLException {
    for (Map<String, String> row : rows(connection, sql, parameters)) {
      String value = row.values().iterator().next();
      return value == null ? "" : value;
    }
    return "";
  }

  static void execute(Connection connection, String... statements) throws SQLException {
    try (java.sql.Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }
}
