package io.understudy.app.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.app.harness.Connections;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * A client that goes to whichever server can be written to, writes one numbered row after the other
 * in a transaction each, and remembers which of them were acknowledged, by whom.
 */
final class NumberedRows implements AutoCloseable {
  static final String TABLE =
      "CREATE TABLE numbered (n bigint PRIMARY KEY, port int NOT NULL DEFAULT inet_server_port())";

  private static final String INSERT = "INSERT INTO numbered (n) VALUES (?) RETURNING port";
  private static final long LOOK_MILLIS = 2;
  private static final long RECONNECT_MILLIS = 50;
  private static final long PACE_MILLIS = 3;

  private final Connections primary;
  private final Map<Long, Integer> acknowledged = new ConcurrentSkipListMap<>();
  private final Map<Integer, Long> first = new ConcurrentHashMap<>();
  private final Map<Integer, Long> last = new ConcurrentHashMap<>();
  private final Thread thread = new Thread(this::run, "numbered-rows");
  private long next;
  private volatile boolean stopped;

  NumberedRows(Connections primary) {
    this(primary, 0);
  }

  /**
   * @param from its first number
   */
  NumberedRows(Connections primary, long from) {
    this.primary = primary;
    this.next = from;
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    while (!stopped) {
      try (Connection connection = primary.open();
          PreparedStatement insert = connection.prepareStatement(INSERT)) {
        while (!stopped) {
          insert(insert);
          Thread.sleep(PACE_MILLIS);
        }
      } catch (SQLException e) {
        pause();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private void insert(PreparedStatement insert) throws SQLException {
    long number = next++; // one that was not acknowledged is not tried again
    insert.setLong(1, number);
    try (ResultSet row = insert.executeQuery()) {
      row.next();
      acknowledged.put(number, row.getInt(1));
      first.putIfAbsent(row.getInt(1), System.nanoTime());
      last.put(row.getInt(1), System.nanoTime());
    }
  }

  private static void pause() {
    try {
      Thread.sleep(RECONNECT_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for the first row that the server at {@code port} acknowledged; returns when it did. */
  long awaitOn(int port, Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!first.containsKey(port)) {
      assertThat(System.nanoTime()).as("a row on port " + port).isLessThan(deadline);
      Thread.sleep(LOOK_MILLIS);
    }
    return first.get(port);
  }

  boolean writesOn(int port) {
    return first.containsKey(port);
  }

  /** When the server at {@code port} acknowledged a row last. */
  long lastOn(int port) {
    return last.get(port);
  }

  /**
   * Checks that a database holds all that is in the journal of what the server at {@code former}
   * wrote, in its order, and all that it acknowledged itself.
   */
  void check(Connections database, int former, long journaled) throws SQLException {
    TreeMap<Long, Integer> promised = new TreeMap<>(acknowledged);
    Map<Long, Integer> rows = rows(database);
    TreeSet<Long> mirrored = new TreeSet<>(rows.keySet());
    mirrored.removeIf(it -> rows.get(it) != former);
    assertThat((long) mirrored.size()).as("rows that the journal has").isEqualTo(journaled);
    promised.forEach(
        (number, port) -> {
          boolean owed = port != former || number <= mirrored.last();
          assertThat(rows.containsKey(number) || !owed).as("row %s", number).isTrue();
        });
  }

  /**
   * Checks that a report on what a former source alone holds has exactly that, and that nothing of
   * what was acknowledged is in neither of them.
   */
  void checkReported(Set<Long> reported, Connections former, Connections current)
      throws SQLException {
    Set<Long> promised = new TreeSet<>(acknowledged.keySet());
    Set<Long> alone = new TreeSet<>(rows(former).keySet());
    Set<Long> kept = rows(current).keySet();
    alone.removeAll(kept);
    assertThat(reported).isEqualTo(alone);
    assertThat(promised).allMatch(it -> kept.contains(it) || reported.contains(it));
  }

  /** Waits until a database has all that is acknowledged by now. */
  void awaitMirrored(Connections database, Duration limit)
      throws SQLException, InterruptedException {
    Set<Long> wanted = new TreeSet<>(acknowledged.keySet());
    long deadline = System.nanoTime() + limit.toNanos();
    while (!rows(database).keySet().containsAll(wanted)) {
      assertThat(System.nanoTime()).as("rows are mirrored").isLessThan(deadline);
      Thread.sleep(RECONNECT_MILLIS);
    }
  }

  /** What was acknowledged and a database does not have. */
  Set<Long> lost(Connections database) throws SQLException {
    Set<Long> lost = new TreeSet<>(acknowledged.keySet());
    lost.removeAll(rows(database).keySet());
    return lost;
  }

  private static Map<Long, Integer> rows(Connections database) throws SQLException {
    Map<Long, Integer> rows = new TreeMap<>();
    try (Connection connection = database.open();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT n, port FROM numbered")) {
      while (row.next()) {
        rows.put(row.getLong(1), row.getInt(2));
      }
    }
    return rows;
  }

  @Override
  public void close() {
    stopped = true;
    Threads.join(thread, Duration.ofSeconds(30), "the client hangs");
  }
}
