package io.understudy.app.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A client that writes rows through one way to the source, and connects again whenever that fails.
 * Remembers which were acknowledged, and the port of the server that did so.
 */
final class FollowingClient implements AutoCloseable {
  private static final long PACE_MILLIS = 100;
  private static final long LOOK_MILLIS = 20;

  /** One way to the source, through which a row is written. */
  interface Way extends AutoCloseable {
    /** Returns the port of the server that has the row; throws if it is not known to have it. */
    int write(String client, int number) throws Exception;

    @Override
    void close() throws SQLException;
  }

  private final String name;
  private final Way way;
  private final Thread thread;
  private final Map<Integer, Integer> acknowledged = new HashMap<>();
  private String failure = "";
  private volatile boolean stopped;

  FollowingClient(String name, Way way) {
    this.name = name;
    this.way = way;
    this.thread = new Thread(this::run, name);
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    for (int number = 0; !stopped; number++) {
      try {
        int port = way.write(name, number);
        synchronized (this) {
          acknowledged.put(number, port);
        }
      } catch (InterruptedException e) {
        return;
      } catch (Exception e) { // whatever a driver throws: the next row is another try
        synchronized (this) {
          failure = e.toString();
        }
      }
      try {
        Thread.sleep(PACE_MILLIS);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** Waits until a server at that port acknowledges a row that is written from now on. */
  void awaitOn(int port, Duration limit) throws InterruptedException {
    long before = count(port);
    long deadline = System.nanoTime() + limit.toNanos();
    while (count(port) == before) {
      synchronized (this) {
        assertThat(System.nanoTime()).as("%s: %s", name, failure).isLessThan(deadline);
      }
      Thread.sleep(LOOK_MILLIS);
    }
  }

  private synchronized long count(int port) {
    return acknowledged.values().stream().filter(it -> it == port).count();
  }

  /** The numbers of the rows that were acknowledged. */
  synchronized List<Integer> rows() {
    return new ArrayList<>(acknowledged.keySet());
  }

  String name() {
    return name;
  }

  @Override
  public void close() throws SQLException {
    stopped = true;
    Threads.join(thread, Duration.ofSeconds(30), name + " hangs");
    way.close();
  }
}
