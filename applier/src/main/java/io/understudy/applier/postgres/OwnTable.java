package io.understudy.applier.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A table in schema {@code understudy} of a standby. A standby that an earlier version filled may
 * lack it.
 *
 * @param name without the schema
 * @param ddl makes it, if it is not there
 */
record OwnTable(String name, String ddl) {

  /** Whether there is such a schema; who may not make one must not try, even if it is there. */
  static boolean hasSchema(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT to_regnamespace('understudy') IS NOT NULL")) {
      row.next();
      return row.getBoolean(1);
    }
  }

  void create(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(ddl);
    }
  }

  boolean exists(Connection connection) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT to_regclass('understudy.' || ?) IS NOT NULL")) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getBoolean(1);
      }
    }
  }
}
