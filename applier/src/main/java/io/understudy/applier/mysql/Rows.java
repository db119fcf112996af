package io.understudy.applier.mysql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Small questions to the server, answered as text. */
final class Rows {
  private Rows() {}

  /** All rows; a value may be null. */
  static List<List<String>> of(Connection connection, String sql, String... parameters)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setString(i + 1, parameters[i]);
      }
      try (ResultSet row = statement.executeQuery()) {
        List<List<String>> rows = new ArrayList<>();
        int width = row.getMetaData().getColumnCount();
        while (row.next()) {
          List<String> values = new ArrayList<>(width);
          for (int i = 1; i <= width; i++) {
            values.add(row.getString(i));
          }
          rows.add(Collections.unmodifiableList(values));
        }
        return rows;
      }
    }
  }

  /** The first value; empty if it is NULL or there is none. */
  static Optional<String> value(Connection connection, String sql, String... parameters)
      throws SQLException {
    return of(connection, sql, parameters).stream()
        .findFirst()
        .flatMap(row -> Optional.ofNullable(row.get(0)));
  }
}
