package io.understudy.connectors.debezium;

import io.understudy.connectors.LogEvent;
import io.understudy.connectors.SourceLog;
import io.understudy.connectors.slot.LogHost;
import io.understudy.connectors.slot.OwnMessages;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Position;
import io.understudy.journal.postgres.Lsn;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * A slot's log, read by Debezium's task: the task reads ahead in its own thread, up to its queue's
 * limits, and {@link #poll} takes what is there. Reading begins behind the journal's tail.
 */
public final class PostgresLog implements SourceLog {
  private final LogHost host;
  private final String reading;
  private final StreamGuard guard;
  private final LiteralTask task;
  private final Translator translator;
  private List<LogEvent> events = new ArrayList<>();
  private boolean closed;

  private PostgresLog(LogSettings settings, OwnMessages own, Lsn after, LogHost host) {
    this.host = host;
    this.reading = "reading slot " + settings.slot().slot();
    this.guard = new StreamGuard(host, after, new Mirrored(settings.slot().tables()), own);
    this.task =
        new LiteralTask(
            io.debezium.connector.postgresql.connection.Lsn.valueOf(after.value()), guard);
    this.translator = new Translator(new Shapes(host), event -> events.add(event));
  }

  /**
   * @param own tells the mirror's messages from those of others
   * @param after the end of the last commit that is not to be handed out
   * @throws MirrorException by its kind, if the server cannot be reached or refuses
   */
  public static PostgresLog open(LogSettings settings, OwnMessages own, Lsn after, LogHost host) {
    PostgresLog log = new PostgresLog(settings, own, after, host);
    try {
      Map<String, String> config = TaskSettings.of(settings);
      log.task.initialize(new NoOffsets(config));
      log.task.start(config);
      return log;
    } catch (RuntimeException e) {
      MirrorException failure = log.failure(e);
      try {
        log.close();
      } catch (RuntimeException suppressed) {
        failure.addSuppressed(suppressed);
      }
      throw failure;
    }
  }

  @Override
  public List<LogEvent> poll(Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    try {
      do {
        for (SourceRecord record : task.poll()) {
          translator.accept(record);
        }
      } while (events.isEmpty() && System.nanoTime() < deadline);
    } catch (RuntimeException e) {
      throw failure(e);
    }
    List<LogEvent> polled = events;
    events = new ArrayList<>();
    return polled;
  }

  @Override
  public void acknowledge(Position durable) {
    try {
      guard.acknowledge((Lsn) durable);
    } catch (SQLException e) {
      throw failure(e);
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    guard.close();
    // Debezium stops by waiting, which an interrupted thread cannot, and swallows the interruption.
    boolean interrupted = Thread.interrupted();
    try {
      task.stop();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private MirrorException failure(Exception e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof MirrorException known) {
        return known;
      }
    }
    return host.failure(reading, e);
  }
}
