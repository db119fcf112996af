package io.understudy.app.chaos;

import io.understudy.app.harness.Connections;
import io.understudy.app.harness.Findings;
import io.understudy.app.harness.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Asks both databases, over and over and in new sessions, whether they can be written to. One that
 * could before and after the other one could makes two sources at one moment.
 */
final class WritableWatch implements AutoCloseable {
  static final String TWO = "writable databases";

  /** The session was ended: whoever shuts a database ends all that are there. */
  private static final String ENDED = "57P01";

  private final Connections north;
  private final Connections south;
  private final Findings findings;
  private final AtomicInteger looks = new AtomicInteger();
  private final AtomicReference<SQLException> failure = new AtomicReference<>();
  private final Thread thread = new Thread(this::run, "writable-watch");
  private volatile boolean stopped;

  WritableWatch(MirrorUnderTest mirror) {
    this.north = mirror.source();
    this.south = mirror.standby();
    this.findings = mirror.findings();
    thread.setDaemon(true);
    thread.start();
  }

  static boolean isWritable(Connections database) throws SQLException {
    while (true) {
      try (Connection connection = database.open()) {
        return "off".equals(Sql.text(connection, "SHOW transaction_read_only"));
      } catch (SQLException e) {
        if (!ENDED.equals(e.getSQLState())) {
          throw e;
        }
      }
    }
  }

  private void run() {
    try {
      while (!stopped) {
        boolean before = isWritable(north);
        boolean other = isWritable(south);
        boolean after = isWritable(north);
        if (before && other && after) {
          findings.add(TWO, "both at look " + looks);
        }
        looks.incrementAndGet();
      }
    } catch (SQLException e) {
      failure.set(e);
    }
  }

  int looks() {
    return looks.get();
  }

  @Override
  public void close() throws SQLException {
    stopped = true;
    Threads.join(thread, Duration.ofSeconds(30), "the watch hangs");
    if (failure.get() != null) {
      throw failure.get();
    }
  }
}
