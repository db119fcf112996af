package io.understudy.connectors.debezium;

import io.debezium.connector.postgresql.connection.ReplicationStream;
import io.understudy.connectors.slot.LogHost;
import io.understudy.connectors.slot.OwnMessages;
import io.understudy.journal.postgres.Lsn;
import java.sql.SQLException;

/**
 * Stands between this side's thread and the thread in which Debezium reads the stream: carries
 * acknowledgements to the stream and the end of reading to the thread.
 */
final class StreamGuard {
  private final LogHost host;
  private final Lsn after;
  private final Mirrored mirrored;
  private final OwnMessages own;
  private GuardedStream stream;
  private Thread reading;
  private boolean handingOver;
  private boolean closed;

  StreamGuard(LogHost host, Lsn after, Mirrored mirrored, OwnMessages own) {
    this.host = host;
    this.after = after;
    this.mirrored = mirrored;
    this.own = own;
  }

  /** In Debezium's thread: the slot is ours from here on. */
  GuardedStream started(ReplicationStream started) throws InterruptedException {
    host.holdingSlot(after);
    synchronized (this) {
      if (closed) {
        throw new InterruptedException("the log was closed");
      }
      reading = Thread.currentThread();
      stream = new GuardedStream(started, this, mirrored, own);
      return stream;
    }
  }

  synchronized boolean isClosed() {
    return closed;
  }

  /** In Debezium's thread: whether it hands something over just now, and may wait for room. */
  synchronized void handingOver(boolean now) {
    handingOver = now;
  }

  /**
   * Tells the server that all up to {@code durable} may be forgotten. Before the stream has started
   * there is nothing that the server does not know yet.
   */
  void acknowledge(Lsn durable) throws SQLException {
    GuardedStream current;
    synchronized (this) {
      current = stream;
    }
    if (current != null) {
      current.acknowledge(durable);
    }
  }

  /** Ends the reading, also where it waits for room in a queue that nobody empties any more. */
  synchronized void close() {
    closed = true;
    if (handingOver) {
      reading.interrupt();
    }
  }
}
