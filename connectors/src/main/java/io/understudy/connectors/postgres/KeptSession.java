package io.understudy.connectors.postgres;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * A session for one short question that is asked over and over. It is kept, and not asked before
 * each use whether it still lives, nor shared with what takes longer: so the question takes the
 * server one answer, however slow it is.
 */
final class KeptSession implements AutoCloseable {
  private final Control control;
  private final Object turn = new Object();
  private volatile Connection connection;
  private volatile boolean closed;

  KeptSession(Control control) {
    this.control = control;
  }

  /** If the session has ended since it was used last, in a new one. */
  <R> R run(String operation, Control.Work<R> work) {
    synchronized (turn) {
      while (true) {
        boolean kept = connection != null;
        try {
          return on(work);
        } catch (SQLException e) {
          end();
          if (!kept || closed) {
            throw control.failure(operation, e);
          }
        }
      }
    }
  }

  private <R> R on(Control.Work<R> work) throws SQLException {
    if (connection == null) {
      connection = control.apart();
    }
    return work.on(connection);
  }

  private void end() {
    Connection ending = connection;
    connection = null;
    if (ending != null) {
      try {
        ending.abort(Runnable::run);
      } catch (SQLException e) {
        // It is gone either way.
      }
    }
  }

  /** Ends a question that hangs, too. */
  @Override
  public void close() {
    closed = true;
    end();
  }
}
