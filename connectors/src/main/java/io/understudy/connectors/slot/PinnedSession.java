package io.understudy.connectors.slot;

import io.understudy.journal.postgres.Printing;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Pins every setting of the session that reads the log which changes how values print, whatever the
 * server, database or role say, and those that could end it. {@code search_path} makes names of
 * objects print with their schema. The driver pins {@code client_encoding} to UTF8.
 */
public final class PinnedSession {
  private static final String SETTINGS =
      Printing.SETTINGS
          + "; SET statement_timeout = 0; SET lock_timeout = 0;"
          + " SET idle_in_transaction_session_timeout = 0;"
          // A journal that is slow for a while must not cost the session; 0 is no limit.
          + " SELECT set_config('wal_sender_timeout', '60s', false) FROM pg_settings"
          + " WHERE name = 'wal_sender_timeout' AND setting::int BETWEEN 1 AND 59999";

  private PinnedSession() {}

  /** Closes the connection if the server refuses. */
  public static void pin(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(SETTINGS);
    } catch (SQLException e) {
      try (connection) {
        throw e;
      }
    }
  }
}
