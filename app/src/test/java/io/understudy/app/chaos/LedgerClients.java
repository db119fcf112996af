package io.understudy.app.chaos;

import io.understudy.app.harness.Connections;
import io.understudy.app.harness.Engine;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/** The clients of the {@link Ledger}, each in its thread with its connection, until closed. */
final class LedgerClients implements AutoCloseable {
  private static final long LITTLE_MILLIS = 3_000;
  private static final Duration RECONNECT = Duration.ofMillis(200);

  private final boolean comeBack;
  private final Engine engine;
  private final Connections source;
  private final int rate;
  private final List<Thread> threads;
  private final List<SQLException> failures = new CopyOnWriteArrayList<>();
  private volatile boolean stopped;

  LedgerClients(MirrorUnderTest mirror, long seed) {
    this(mirror, seed, mirror.engine().rate());
  }

  /**
   * @param rate transactions a second of all together; 0: as many as they can
   */
  LedgerClients(MirrorUnderTest mirror, long seed, int rate) {
    this(mirror, seed, rate, false);
  }

  private LedgerClients(MirrorUnderTest mirror, long seed, int rate, boolean comeBack) {
    this(mirror, mirror.source(), seed, rate, comeBack);
  }

  private LedgerClients(
      MirrorUnderTest mirror, Connections source, long seed, int rate, boolean comeBack) {
    this.comeBack = comeBack;
    this.rate = rate;
    this.engine = mirror.engine();
    this.source = source;
    this.threads =
        IntStream.range(0, Ledger.CLIENTS)
            .mapToObj(
                client ->
                    start(client, new Ledger(engine.dialect(), client, mirror.history(), seed)))
            .toList();
  }

  /** Clients that connect again when the source was away. */
  static LedgerClients thatComeBack(MirrorUnderTest mirror, long seed) {
    return new LedgerClients(mirror, seed, mirror.engine().rate(), true);
  }

  /** A little load, and no more of it when this returns. */
  static void load(MirrorUnderTest mirror, long seed) throws SQLException, InterruptedException {
    try (LedgerClients clients = new LedgerClients(mirror, seed)) {
      Thread.sleep(LITTLE_MILLIS);
      clients.check();
    }
  }

  /** Clients that go to whichever database can be written to. */
  static LedgerClients thatFollowTheSource(MirrorUnderTest mirror, long seed, int rate) {
    return new LedgerClients(mirror, mirror.primary(), seed, rate, true);
  }

  private Thread start(int client, Ledger ledger) {
    Thread thread = new Thread(() -> loop(ledger), "ledger-client-" + client);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private void loop(Ledger ledger) {
    while (!stopped) {
      try (Connection connection = source.open()) {
        connection.setAutoCommit(false);
        work(ledger, connection);
      } catch (SQLException e) {
        if (!comeBack || !engine.dialect().lostConnection(e)) {
          failures.add(e);
          return;
        }
        LockSupport.parkNanos(RECONNECT.toNanos());
      }
    }
  }

  private void work(Ledger ledger, Connection connection) throws SQLException {
    while (!stopped) {
      ledger.transaction(connection);
      if (rate > 0) {
        LockSupport.parkNanos(1_000_000_000L * Ledger.CLIENTS / rate);
      }
    }
  }

  /** Throws what ended a client early, if anything did. */
  void check() throws SQLException {
    for (SQLException failure : failures) {
      throw failure;
    }
  }

  /** Ends all clients after their current transaction. */
  @Override
  public void close() throws SQLException {
    stopped = true;
    for (Thread thread : threads) {
      Threads.join(thread, Duration.ofSeconds(30), thread.getName() + " hangs in a transaction");
    }
    check();
  }
}
