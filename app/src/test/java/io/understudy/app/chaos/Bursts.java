package io.understudy.app.chaos;

import io.understudy.app.harness.Connections;
import io.understudy.app.harness.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Random;

/**
 * Load that comes in bursts, between which a reader comes to the log's end: a large transaction, or
 * many small ones close together, then silence of a random length up to what is wanted just then.
 */
final class Bursts implements AutoCloseable {
  static final String TABLE = "CREATE TABLE burst (id bigint PRIMARY KEY, filler text)";

  private static final int LARGE_ROWS = 12_000;
  private static final int SMALL_ROWS = 40;
  private static final int SMALL_TRANSACTIONS = 150;
  private static final long LOOK_MILLIS = 20;

  private final Connections source;
  private final Random random;
  private final Thread thread;
  private volatile Duration longestSilence = Duration.ofSeconds(2);
  private volatile boolean stopped;
  private volatile SQLException failure;
  private volatile long rows;

  Bursts(Connections source, long seed) {
    this.source = source;
    this.random = new Random(seed);
    this.thread = new Thread(this::loop, "bursts");
    thread.setDaemon(true);
    thread.start();
  }

  /** Also of a silence that has begun. */
  void silence(Duration longest) {
    longestSilence = longest;
  }

  /** How many rows were written until now. */
  long rows() {
    return rows;
  }

  private void loop() {
    try (Connection connection = source.open()) {
      long next = 1;
      while (!stopped) {
        next = burst(connection, next);
        rows = next - 1;
        silence();
      }
    } catch (SQLException e) {
      failure = e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private long burst(Connection connection, long first) throws SQLException {
    if (random.nextBoolean()) {
      return insert(connection, first, 1 + random.nextInt(LARGE_ROWS));
    }
    long next = first;
    for (int i = random.nextInt(SMALL_TRANSACTIONS); i >= 0 && !stopped; i--) {
      next = insert(connection, next, 1 + random.nextInt(SMALL_ROWS));
    }
    return next;
  }

  private long insert(Connection connection, long first, int count) throws SQLException {
    Sql.run(
        connection,
        "INSERT INTO burst SELECT i, repeat('x', %d) FROM generate_series(%d, %d) i"
            .formatted(200 + random.nextInt(400), first, first + count - 1));
    return first + count;
  }

  private void silence() throws InterruptedException {
    long from = System.nanoTime();
    double share = random.nextDouble();
    while (!stopped && System.nanoTime() - from < share * longestSilence.toNanos()) {
      Thread.sleep(LOOK_MILLIS);
    }
  }

  /** Ends after the burst in hand, and throws what ended it early. */
  @Override
  public void close() throws SQLException {
    stopped = true;
    Threads.join(thread, Duration.ofSeconds(30), "a burst does not end");
    if (failure != null) {
      throw failure;
    }
  }
}
