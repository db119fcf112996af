package io.understudy.connectors.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A session that reads, or may read, from a slot. The server hides name and address of other users'
 * sessions from an ordinary user; they are empty then.
 */
record Holder(int pid, String application, String client) {

  /** Empty for a session that is leaving: it lets go of the slot last. */
  static Optional<Holder> find(Connection connection, int pid) throws SQLException {
    String sql =
        """
        SELECT coalesce(application_name, ''),
               coalesce(host(client_addr), CASE WHEN client_port = -1 THEN 'local' END, '')
          FROM pg_stat_activity WHERE pid = ?
        """;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setInt(1, pid);
      try (ResultSet row = statement.executeQuery()) {
        return row.next()
            ? Optional.of(new Holder(pid, row.getString(1), row.getString(2)))
            : Optional.empty();
      }
    }
  }

  /** The sessions of one name, of this user. */
  static List<Holder> named(Connection connection, String application) throws SQLException {
    String sql =
        """
        SELECT pid, application_name, coalesce(host(client_addr), '')
          FROM pg_stat_activity WHERE application_name = ? AND usename = current_user
        """;
    List<Holder> named = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, application);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          named.add(new Holder(row.getInt(1), row.getString(2), row.getString(3)));
        }
      }
    }
    return named;
  }

  /** Asks the server to end the session; whether it did is seen at the slot. */
  void terminate(Connection connection) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT pg_terminate_backend(?)")) {
      statement.setInt(1, pid);
      statement.execute();
    }
  }

  @Override
  public String toString() {
    return "process "
        + pid
        + " (application '"
        + application
        + "', client "
        + (client.isEmpty() ? "unknown" : client)
        + ")";
  }
}
