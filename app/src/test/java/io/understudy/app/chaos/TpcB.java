package io.understudy.app.chaos;

import io.understudy.app.harness.Connections;
import io.understudy.app.harness.Dialect;
import io.understudy.app.harness.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * The tables of TPC-B, named as {@code pgbench} names them, and its transaction for engines that
 * have no program for it. {@code pgbench_history} has no key.
 */
final class TpcB implements Load {
  private static final int CLIENTS = 8;
  private static final int ACCOUNTS = 100_000;
  private static final int TELLERS = 10;
  private static final Duration TO_END = Duration.ofSeconds(60);

  /** What a source begins with; scale 1. */
  static final String ROWS =
      """
      INSERT INTO pgbench_branches VALUES (1, 0, '');
      INSERT INTO pgbench_tellers SELECT n, 1, 0, '' FROM %s;
      INSERT INTO pgbench_accounts SELECT n, 1, 0, '' FROM %s;
      """
          .formatted(Sql.numbers(TELLERS), Sql.numbers(ACCOUNTS));

  private static final String TABLES =
      """
      CREATE TABLE pgbench_accounts (aid int PRIMARY KEY, bid int, abalance int, filler char(84));
      CREATE TABLE pgbench_tellers (tid int PRIMARY KEY, bid int, tbalance int, filler char(84));
      CREATE TABLE pgbench_branches (bid int PRIMARY KEY, bbalance int, filler char(88));
      CREATE TABLE pgbench_history (tid int, bid int, aid int, delta int, mtime timestamp NULL, filler char(22));
      """;

  private static final List<String> BALANCES =
      List.of(
          "UPDATE pgbench_accounts SET abalance = abalance + ? WHERE aid = ?",
          "UPDATE pgbench_tellers SET tbalance = tbalance + ? WHERE tid = ?",
          "UPDATE pgbench_branches SET bbalance = bbalance + ? WHERE bid = ?");

  private final Connections database;
  private final List<SQLException> failures = new CopyOnWriteArrayList<>();

  TpcB(Connections database) {
    this.database = database;
  }

  static String tables(Dialect dialect) {
    return TABLES + dialect.keyless("pgbench_history") + ";";
  }

  @Override
  public void run(Duration duration, long seed) throws SQLException {
    clients(0, duration, seed);
  }

  @Override
  public void runAtRate(int rate, Duration duration, long seed) throws SQLException {
    clients(1_000_000_000L * CLIENTS / rate, duration, seed);
  }

  /**
   * @param paceNanos from the begin of a client's transaction to that of its next
   */
  private void clients(long paceNanos, Duration duration, long seed) throws SQLException {
    long end = System.nanoTime() + duration.toNanos();
    List<Thread> threads =
        IntStream.range(0, CLIENTS)
            .mapToObj(client -> start(client, new Random(seed * 31 + client), paceNanos, end))
            .toList();
    for (Thread thread : threads) {
      Threads.join(thread, duration.plus(TO_END), thread.getName() + " hangs in a transaction");
    }
    for (SQLException failure : failures) {
      throw failure;
    }
  }

  private Thread start(int client, Random random, long paceNanos, long end) {
    Thread thread = new Thread(() -> loop(random, paceNanos, end), "tpc-b-client-" + client);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private void loop(Random random, long paceNanos, long end) {
    try (Connection connection = database.open()) {
      connection.setAutoCommit(false);
      long next = System.nanoTime();
      while (System.nanoTime() < end) {
        transaction(connection, random);
        next += paceNanos;
        LockSupport.parkNanos(next - System.nanoTime());
      }
    } catch (SQLException e) {
      failures.add(e);
    }
  }

  private static void transaction(Connection connection, Random random) throws SQLException {
    int delta = random.nextInt(10_001) - 5_000;
    int[] keys = {1 + random.nextInt(ACCOUNTS), 1 + random.nextInt(TELLERS), 1};
    for (int i = 0; i < keys.length; i++) {
      try (PreparedStatement update = connection.prepareStatement(BALANCES.get(i))) {
        update.setInt(1, delta);
        update.setInt(2, keys[i]);
        update.executeUpdate();
      }
    }
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO pgbench_history (tid, bid, aid, delta, mtime)"
                + " VALUES (?, 1, ?, ?, CURRENT_TIMESTAMP)")) {
      insert.setInt(1, keys[1]);
      insert.setInt(2, keys[0]);
      insert.setInt(3, delta);
      insert.executeUpdate();
    }
    connection.commit();
  }
}
