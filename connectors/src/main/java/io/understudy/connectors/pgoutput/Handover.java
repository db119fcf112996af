package io.understudy.connectors.pgoutput;

import io.understudy.connectors.EventQueue;
import io.understudy.connectors.LogEvent;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Puts events into the queue. While it is full, something else may have to be done now and then:
 * the server wants to hear from who streams its log. Used by the thread that reads.
 */
final class Handover implements Decoder.Sink {

  /** What is done about once a {@link #PATIENCE} while there is no room. */
  interface Meanwhile {
    void run() throws SQLException;
  }

  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final EventQueue queue;
  private Meanwhile meanwhile = () -> {};
  private long events;

  Handover(EventQueue queue) {
    this.queue = queue;
  }

  void meanwhile(Meanwhile action) {
    meanwhile = action;
  }

  /** How many events were put into the queue. */
  long events() {
    return events;
  }

  /**
   * @throws InterruptedException if nobody will poll any more
   */
  @Override
  public void accept(LogEvent event) throws InterruptedException, SQLException {
    while (!queue.offer(event, PATIENCE)) {
      if (queue.isClosed()) {
        throw new InterruptedException("the log was closed");
      }
      meanwhile.run();
    }
    events++;
  }
}
