package io.understudy.connectors.pgoutput;

import io.understudy.connectors.EventQueue;
import io.understudy.connectors.LogEvent;
import io.understudy.connectors.SourceLog;
import io.understudy.connectors.slot.LogHost;
import io.understudy.connectors.slot.OwnMessages;
import io.understudy.connectors.slot.SchemaMessages;
import io.understudy.connectors.slot.SlotSettings;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Position;
import io.understudy.journal.postgres.Lsn;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/**
 * A slot's log, read by a thread of its own into a bounded queue: as a stream near the log's end,
 * in {@link Bites} when far behind it. Both begin behind what was handed out last, so that one may
 * follow the other between any two transactions, and neither lets the source forget what is not
 * acknowledged.
 */
public final class PgoutputLog implements SourceLog {
  private static final Duration CLOSE = Duration.ofSeconds(2);
  private static final Duration ABORT = Duration.ofSeconds(5);

  private final String reading;
  private final LogHost host;
  private final EventQueue queue;
  private final Acknowledgements acknowledgements;
  private final Session session;
  private final Decoder decoder;
  private final Distance distance;
  private final SlotReading slot;
  private final Streaming streaming;
  private final Bites bites;
  private final Thread thread;

  private PgoutputLog(
      SlotSettings settings, OwnMessages own, long biteBehind, Lsn after, LogHost host) {
    this.reading = "reading slot " + settings.slot();
    this.host = host;
    this.queue = new EventQueue(settings.maxBatchChanges(), settings.maxBatchBytes());
    this.acknowledgements = new Acknowledgements(after);
    this.session = new Session(host);
    Handover handover = new Handover(queue);
    Tables tables = new Tables(settings.tables(), host::relation);
    this.decoder =
        new Decoder(tables, own, new SchemaMessages(settings.holdSchemaChanges()), after, handover);
    this.distance = new Distance(host, acknowledgements, biteBehind);
    this.slot =
        new SlotReading(
            settings,
            host,
            session,
            decoder,
            handover,
            acknowledgements,
            distance,
            new Mode(settings.slot()));
    this.streaming = new Streaming(slot);
    this.bites = new Bites(slot);
    this.thread = new Thread(this::run, settings.slot() + "-log");
    thread.setDaemon(true);
  }

  /**
   * @param own tells the mirror's messages from those of others
   * @param biteBehind the slot is read in bites while this many bytes of log are still to be read
   * @param after the end of the last commit that is not to be handed out
   */
  public static PgoutputLog open(
      SlotSettings settings, OwnMessages own, long biteBehind, Lsn after, LogHost host) {
    PgoutputLog log = new PgoutputLog(settings, own, biteBehind, after, host);
    log.thread.start();
    return log;
  }

  private void run() {
    try {
      while (!acknowledgements.isClosed()) {
        if (distance.isFar(decoder.committed())) {
          bites.run();
        }
        // What was acknowledged between a bite's end and the close is told by a short stream.
        if (!acknowledgements.isClosed() || acknowledgements.takeNews()) {
          streaming.run();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the log was closed
    } catch (MirrorException e) {
      queue.fail(e);
    } catch (SQLException e) {
      queue.fail(host.failure(reading, e));
    } catch (RuntimeException e) {
      queue.fail(
          new MirrorException.Invariant(
              reading + " behind " + decoder.committed() + " failed: " + e,
              "report this: nothing behind that position was journaled",
              e));
    } finally {
      slot.holdsNoMore();
    }
  }

  @Override
  public List<LogEvent> poll(Duration timeout) throws InterruptedException {
    List<LogEvent> events = queue.poll(timeout);
    acknowledgements.handOut(events.size());
    return events;
  }

  @Override
  public boolean hasMore() {
    return queue.hasMore();
  }

  @Override
  public void acknowledge(Position durable) {
    acknowledgements.durable((Lsn) durable);
  }

  @Override
  public void acknowledgeApplied(Position applied) {
    acknowledgements.applied((Lsn) applied);
  }

  @Override
  public void close() {
    queue.close();
    acknowledgements.close();
    boolean interrupted = Thread.interrupted();
    try {
      join(CLOSE);
      if (thread.isAlive()) {
        session.abort();
        join(ABORT);
      }
    } catch (SQLException e) {
      throw host.failure(reading, e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void join(Duration patience) {
    try {
      thread.join(patience.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
