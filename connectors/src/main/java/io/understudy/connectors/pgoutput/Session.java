package io.understudy.connectors.pgoutput;

import io.understudy.connectors.slot.LogHost;
import io.understudy.connectors.slot.PinnedSession;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import org.postgresql.PGProperty;

/**
 * The one connection that the reading thread has at a time. Another thread may {@link #abort()} it,
 * which ends whatever the reading thread waits for.
 */
final class Session {
  private final LogHost host;
  private Connection current;
  private boolean aborted;

  Session(LogHost host) {
    this.host = host;
  }

  /** For queries; waits for the server's answers as long as they take. */
  Connection plain() throws SQLException, InterruptedException {
    return open(Map.of(PGProperty.SOCKET_TIMEOUT.getName(), "0"));
  }

  /** For streaming. */
  Connection replication() throws SQLException, InterruptedException {
    return open(
        Map.of(
            PGProperty.REPLICATION.getName(), "database",
            PGProperty.PREFER_QUERY_MODE.getName(), "simple"));
  }

  private Connection open(Map<String, String> properties)
      throws SQLException, InterruptedException {
    Connection connection = host.session(properties);
    PinnedSession.pin(connection);
    synchronized (this) {
      current = connection;
      if (aborted) {
        end();
        throw new InterruptedException("the log was closed");
      }
    }
    return connection;
  }

  /** Cuts the connection, if it still is one, without telling the server. */
  synchronized void end() throws SQLException {
    if (current != null) {
      current.abort(Runnable::run);
      current = null;
    }
  }

  /** From another thread; there will be no further connection. */
  synchronized void abort() throws SQLException {
    aborted = true;
    end();
  }
}
