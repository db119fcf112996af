package io.understudy.applier.postgres;

import io.understudy.journal.DatabaseName;
import io.understudy.journal.postgres.Quoting;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds everybody but Understudy off from writing to the connection's database, in the way that
 * clients look for: a new session's transactions are read-only by default, which {@code
 * target_session_attrs} and {@code targetServerType} understand.
 */
final class ReadOnly {
  private static final Logger log = LoggerFactory.getLogger(ReadOnly.class);

  private static final String IS_ON =
      """
      SELECT EXISTS (
        SELECT 1 FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
         WHERE d.datname = current_database() AND s.setrole = 0
           AND s.setconfig && ARRAY['default_transaction_read_only=on',
                                    'default_transaction_read_only=true',
                                    'default_transaction_read_only=1',
                                    'default_transaction_read_only=yes'])""";

  /** Sessions that began when writing was still the default; only those that may be ended. */
  private static final String END_EARLIER =
      """
      WITH earlier AS MATERIALIZED (
        SELECT a.pid
          FROM pg_stat_activity a JOIN pg_roles r ON r.oid = a.usesysid
         WHERE a.datname = current_database() AND a.pid <> pg_backend_pid()
           AND a.backend_type = 'client backend'
           AND a.application_name NOT LIKE 'understudy %'
           AND (pg_has_role(a.usesysid, 'USAGE') OR pg_has_role('pg_signal_backend', 'USAGE'))
           AND (NOT r.rolsuper OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)))
      SELECT count(pg_terminate_backend(pid)) FROM earlier""";

  private ReadOnly() {}

  /** Commits in between. */
  static void holdOthersOff(Connection connection, DatabaseName database) throws SQLException {
    if (!isOn(connection)) {
      turnOn(connection);
      connection.commit();
      long ended = endEarlierSessions(connection);
      log.info("database={} is read-only now; ended {} sessions begun before", database, ended);
    }
  }

  static boolean isOn(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(IS_ON)) {
      row.next();
      return row.getBoolean(1);
    }
  }

  /** Has effect on sessions that begin after the commit; {@link #endEarlierSessions} on others. */
  static void turnOn(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(alter(connection, "SET default_transaction_read_only = on"));
    }
  }

  static void turnOff(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(alter(connection, "RESET default_transaction_read_only"));
    }
  }

  /** Returns how many sessions were told to end. */
  static long endEarlierSessions(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(END_EARLIER)) {
      row.next();
      return row.getLong(1);
    }
  }

  private static String alter(Connection connection, String what) throws SQLException {
    return "ALTER DATABASE " + Quoting.name(connection.getCatalog()) + " " + what;
  }
}
