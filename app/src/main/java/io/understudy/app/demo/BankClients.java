package io.understudy.app.demo;

import io.understudy.testkit.DatabaseServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients that move money until stopped or until their database is gone, and remember each transfer
 * before they ask for it and again once it was acknowledged. What they remember is the witness that
 * the comparison calls.
 */
final class BankClients implements AutoCloseable {
  private static final int CLIENTS = 4;
  private static final long PAUSE_MILLIS = 5;
  private static final long CLOSE_MILLIS = 5000;

  private final Map<Long, Transfer> asked = new ConcurrentHashMap<>();
  private final Set<Long> acknowledged = ConcurrentHashMap.newKeySet();
  private final AtomicLong nextId = new AtomicLong(1);
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stopping;
  private volatile SQLException failure;

  BankClients(DatabaseServer server) {
    for (int i = 0; i < CLIENTS; i++) {
      long seed = i;
      Thread thread = new Thread(() -> run(server, new Random(seed)), "bank-client-" + i);
      thread.setDaemon(true);
      threads.add(thread);
      thread.start();
    }
  }

  /**
   * Every transfer that was asked for, by id; whether those not acknowledged took place, only the
   * database knows.
   */
  Map<Long, Transfer> asked() {
    return asked;
  }

  Set<Long> acknowledged() {
    return acknowledged;
  }

  /** What made the first client give up; null while all go on. */
  SQLException failure() {
    return failure;
  }

  private void run(DatabaseServer server, Random random) {
    try (Connection connection = server.connect(Stage.DATABASE)) {
      while (!stopping) {
        int from = 1 + random.nextInt(Bank.ACCOUNTS);
        int to = 1 + (from + random.nextInt(Bank.ACCOUNTS - 1)) % Bank.ACCOUNTS;
        Transfer transfer =
            new Transfer(nextId.getAndIncrement(), from, to, 1 + random.nextInt(100));
        asked.put(transfer.id(), transfer);
        Bank.transfer(connection, transfer);
        acknowledged.add(transfer.id());
        Thread.sleep(PAUSE_MILLIS);
      }
    } catch (SQLException e) {
      failure = e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Lets each client finish the transfer in hand. */
  @Override
  public void close() {
    stopping = true;
    try {
      for (Thread thread : threads) {
        thread.join(CLOSE_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
