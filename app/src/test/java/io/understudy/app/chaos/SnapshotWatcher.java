package io.understudy.app.chaos;

import io.understudy.app.harness.Connections;
import io.understudy.app.harness.Dialect;
import io.understudy.app.harness.Findings;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Looks at the standby in a loop, each time in a snapshot of its own, and writes down every
 * snapshot that the source never showed after a commit. One thread; a lost connection is opened
 * again.
 */
final class SnapshotWatcher implements AutoCloseable {
  static final String SNAPSHOTS = "snapshots of the standby";
  private static final Duration RECONNECT = Duration.ofMillis(200);

  private final Dialect dialect;
  private final Connections standby;
  private final Findings findings;
  private final Thread thread;
  private volatile boolean stopped;
  private final AtomicLong snapshots = new AtomicLong();
  private final AtomicLong distinct = new AtomicLong();
  private final Moments moves = new Moments();

  SnapshotWatcher(MirrorUnderTest mirror) {
    this.dialect = mirror.engine().dialect();
    this.standby = mirror.standby();
    this.findings = mirror.findings();
    this.thread = new Thread(this::loop, "snapshot-watcher");
    thread.setDaemon(true);
    thread.start();
  }

  /** How many snapshots were looked at. */
  long snapshots() {
    return snapshots.get();
  }

  /** How many of them differed from the one before: that the watcher saw the standby move. */
  long distinct() {
    return distinct.get();
  }

  /** How often the standby was seen to move after {@code start}. */
  long movesSince(Instant start) {
    return moves.since(start);
  }

  private void loop() {
    Optional<Counts> last = Optional.empty();
    while (!stopped) {
      try (Connection connection = standby.open()) {
        connection.setReadOnly(true);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        connection.setAutoCommit(false);
        while (!stopped) {
          long start = System.nanoTime();
          Counts now = Counts.read(connection);
          connection.commit();
          look(now, last);
          last = Optional.of(now);
          pause(System.nanoTime() - start);
        }
      } catch (SQLException e) {
        if (!dialect.lostConnection(e)) {
          findings.add(SNAPSHOTS, "cannot be read: " + e.getMessage());
          return;
        }
        pause(RECONNECT.toNanos());
      }
    }
  }

  /** As long as the look took: the watcher is no load test. */
  private static void pause(long nanos) {
    LockSupport.parkNanos(nanos);
  }

  private void look(Counts now, Optional<Counts> last) {
    long snapshot = snapshots.incrementAndGet();
    if (last.isEmpty() || !last.get().equals(now)) {
      distinct.incrementAndGet();
      moves.add(System.currentTimeMillis());
      now.broken().forEach(rule -> findings.add(SNAPSHOTS, "snapshot " + snapshot + ": " + rule));
      last.flatMap(now::wentBackFrom)
          .ifPresent(back -> findings.add(SNAPSHOTS, "snapshot " + snapshot + ": " + back));
    }
  }

  @Override
  public void close() {
    stopped = true;
    Threads.join(thread, Duration.ofSeconds(30), "the snapshot watcher's query does not come back");
  }
}
