package io.understudy.app.chaos;

import io.understudy.app.harness.Connections;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;

/** The clients of the {@link Ledger}, each in its thread with its connection, until closed. */
final class LedgerClients implements AutoCloseable {
  private static final long LITTLE_MILLIS = 3_000;

  private final Connections source;
  private final List<Thread> threads;
  private final List<SQLException> failures = new CopyOnWriteArrayList<>();
  private volatile boolean stopped;

  LedgerClients(Connections source, History history, long seed) {
    this.source = source;
    this.threads =
        IntStream.range(0, Ledger.CLIENTS)
            .mapToObj(client -> start(client, new Ledger(client, history, seed)))
            .toList();
  }

  /** A little load, and no more of it when this returns. */
  static void load(MirrorUnderTest mirror, long seed) throws SQLException, InterruptedException {
    try (LedgerClients clients = new LedgerClients(mirror.source(), mirror.history(), seed)) {
      Thread.sleep(LITTLE_MILLIS);
      clients.check();
    }
  }

  private Thread start(int client, Ledger ledger) {
    Thread thread = new Thread(() -> loop(ledger), "ledger-client-" + client);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private void loop(Ledger ledger) {
    try (Connection connection = source.open()) {
      connection.setAutoCommit(false);
      while (!stopped) {
        ledger.transaction(connection);
      }
    } catch (SQLException e) {
      failures.add(e);
    }
  }

  /** Throws what ended a client early, if anything did. */
  void check() throws SQLException {
    for (SQLException failure : failures) {
      throw failure;
    }
  }

  /** Ends all clients after their current transaction; the source never fails in these tests. */
  @Override
  public void close() throws SQLException {
    stopped = true;
    for (Thread thread : threads) {
      Threads.join(thread, Duration.ofSeconds(30), thread.getName() + " hangs in a transaction");
    }
    check();
  }
}
