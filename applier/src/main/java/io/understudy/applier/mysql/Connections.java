package io.understudy.applier.mysql;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.Socket;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Collections;
import java.util.Map;
import java.util.Properties;
import java.util.WeakHashMap;
import javax.sql.DataSource;
import org.mariadb.jdbc.Driver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the connections of a pool, and knows their sockets. Safe for use by several threads. */
final class Connections implements DataSource {
  private static final Logger log = LoggerFactory.getLogger(Connections.class);

  private final String url;
  private final Properties properties;
  private final Map<Connection, Socket> sockets = Collections.synchronizedMap(new WeakHashMap<>());

  Connections(String url, Properties properties) {
    this.url = url;
    this.properties = properties;
  }

  @Override
  public Connection getConnection() throws SQLException {
    Sockets.takeLast();
    Connection connection = new Driver().connect(url, properties);
    Socket socket = Sockets.takeLast();
    if (socket != null) {
      sockets.put(connection, socket);
    }
    return connection;
  }

  /** Ends a connection without waiting for anything, if it has a socket of the network. */
  void abort(Connection connection) {
    try {
      Connection own = connection.unwrap(org.mariadb.jdbc.Connection.class);
      Socket socket = sockets.get(own);
      if (socket != null) {
        socket.close();
      } else {
        own.abort(Runnable::run);
      }
    } catch (SQLException | IOException e) {
      log.warn("a lost connection to a standby cannot be closed", e);
    }
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException("the user is given");
  }

  @Override
  public PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(PrintWriter out) {}

  @Override
  public void setLoginTimeout(int seconds) {}

  @Override
  public int getLoginTimeout() {
    return 0;
  }

  @Override
  public java.util.logging.Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException("nothing is logged");
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    throw new SQLException("wraps nothing");
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return false;
  }
}
