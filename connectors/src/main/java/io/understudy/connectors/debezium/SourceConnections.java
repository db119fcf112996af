package io.understudy.connectors.debezium;

import io.debezium.jdbc.JdbcConfiguration;
import io.debezium.jdbc.JdbcConnection;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/**
 * Opens Debezium's connections the way the mirror wants them: to any of several hosts, under the
 * reader's own session name, and the one that reads the log with every setting pinned that changes
 * how values print, and with a {@link RelationTap}. Debezium makes instances by name.
 */
public final class SourceConnections implements JdbcConnection.ConnectionFactory {
  static final String SERVER = "understudy.server";
  static final String SESSION = "understudy.session";

  /**
   * How the reading session prints values. {@code search_path} makes names of objects print with
   * their schema.
   */
  private static final String PRINTING =
      "SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres'; SET TimeZone = 'UTC';"
          + " SET extra_float_digits = 3; SET bytea_output = 'hex'; SET lc_monetary = 'C';"
          + " SET xmlbinary = 'base64'; SET search_path = pg_catalog;"
          + " SET statement_timeout = 0; SET lock_timeout = 0;"
          + " SET idle_in_transaction_session_timeout = 0";

  @Override
  public Connection connect(JdbcConfiguration config) throws SQLException {
    Properties properties = config.asProperties();
    String url = "jdbc:postgresql://" + properties.remove(SERVER);
    properties.setProperty("ApplicationName", (String) properties.remove(SESSION));
    Connection connection = DriverManager.getConnection(url, properties);
    if (!"database".equals(properties.getProperty("replication"))) {
      return connection;
    }
    pin(connection);
    return RelationTap.on(connection);
  }

  private static void pin(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(PRINTING);
    } catch (SQLException e) {
      try (connection) {
        throw e;
      }
    }
  }
}
