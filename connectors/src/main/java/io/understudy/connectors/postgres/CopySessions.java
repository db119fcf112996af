package io.understudy.connectors.postgres;

import io.understudy.journal.MirrorException;
import io.understudy.journal.TableName;
import io.understudy.journal.postgres.Quoting;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Sessions that see one snapshot, each lent to one thread at a time; as many threads as there are
 * sessions may ask. The first one's transaction holds the lock on every table. Another one takes it
 * without waiting before it reads a table: it would queue behind whoever waits for the first one's
 * lock to go, and that one stays until the copy is done. Such a table is read by the first session.
 */
final class CopySessions implements AutoCloseable {
  /** SQLSTATE of a lock that others hold or wait for. */
  private static final String LOCK_NOT_AVAILABLE = "55P03";

  private final List<Connection> all;
  private final Connection first;
  private final Failures failures;
  private final Deque<Connection> idle;

  /** How many wait for the first session alone; nobody else is given it meanwhile. */
  private int firstWanted;

  /**
   * @param sessions each in a transaction; they belong to this from here on
   */
  CopySessions(List<Connection> sessions, Failures failures) {
    this.all = List.copyOf(sessions);
    this.first = all.get(0);
    this.failures = failures;
    this.idle = new ArrayDeque<>(all);
  }

  int count() {
    return all.size();
  }

  /** For what is asked while nothing is copied. */
  Connection first() {
    return first;
  }

  /** A session that can read {@code table} at once; to be given {@link #back}. */
  Connection take(TableName table) throws SQLException, InterruptedException {
    Connection session = takeAny();
    try {
      if (session == first || locks(session, table)) {
        return session;
      }
    } catch (SQLException e) {
      back(session);
      throw e;
    }
    back(session);
    return takeFirst();
  }

  synchronized void back(Connection session) {
    if (session == first) {
      idle.addFirst(session);
    } else {
      idle.addLast(session);
    }
    notifyAll();
  }

  /** The first one last: others may need it. */
  private synchronized Connection takeAny() throws InterruptedException {
    while (idle.isEmpty() || (idle.peekLast() == first && firstWanted > 0)) {
      wait();
    }
    return idle.pollLast();
  }

  private synchronized Connection takeFirst() throws InterruptedException {
    firstWanted++;
    try {
      while (idle.peekFirst() != first) {
        wait();
      }
      return idle.pollFirst();
    } finally {
      firstWanted--;
      notifyAll();
    }
  }

  private static boolean locks(Connection session, TableName table) throws SQLException {
    Savepoint before = session.setSavepoint();
    try (Statement statement = session.createStatement()) {
      statement.execute("LOCK TABLE ONLY " + Quoting.name(table) + " IN ACCESS SHARE MODE NOWAIT");
      session.releaseSavepoint(before);
      return true;
    } catch (SQLException e) {
      if (!LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
        throw e;
      }
      session.rollback(before);
      return false;
    }
  }

  private synchronized boolean isIdle(Connection session) {
    return idle.contains(session);
  }

  @Override
  public void close() {
    MirrorException failed = null;
    for (Connection session : all) {
      try {
        if (isIdle(session)) {
          session.rollback();
          session.close();
        } else {
          session.abort(Runnable::run); // somebody copies, in another thread
        }
      } catch (SQLException e) {
        MirrorException failure = failures.of("ending the snapshot", e);
        if (!(failure instanceof MirrorException.Transient)) {
          failed = failure;
        } // the server ends a lost session's snapshot by itself
      }
    }
    if (failed != null) {
      throw failed;
    }
  }
}
