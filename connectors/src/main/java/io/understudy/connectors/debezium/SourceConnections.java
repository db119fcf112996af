package io.understudy.connectors.debezium;

import io.debezium.jdbc.JdbcConfiguration;
import io.debezium.jdbc.JdbcConnection;
import io.understudy.connectors.slot.PinnedSession;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/**
 * Opens Debezium's connections the way the mirror wants them: to any of several hosts, under the
 * reader's own session name, and the one that reads the log with every setting pinned that changes
 * how values print, and with a {@link RelationTap}. Debezium makes instances by name.
 */
public final class SourceConnections implements JdbcConnection.ConnectionFactory {
  static final String SERVER = "understudy.server";
  static final String SESSION = "understudy.session";

  @Override
  public Connection connect(JdbcConfiguration config) throws SQLException {
    Properties properties = config.asProperties();
    String url = "jdbc:postgresql://" + properties.remove(SERVER);
    properties.setProperty("ApplicationName", (String) properties.remove(SESSION));
    Connection connection = DriverManager.getConnection(url, properties);
    if (!"database".equals(properties.getProperty("replication"))) {
      return connection;
    }
    PinnedSession.pin(connection);
    return RelationTap.on(connection);
  }
}
