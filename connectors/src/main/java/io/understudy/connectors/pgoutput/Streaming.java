package io.understudy.connectors.pgoutput;

import io.understudy.connectors.slot.SlotSettings;
import io.understudy.journal.postgres.Lsn;
import io.understudy.journal.postgres.Quoting;
import java.io.EOFException;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.postgresql.PGConnection;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;

/**
 * Reads the slot as the server sends it, near the log's end. The server is told at once what the
 * journal has, and hears from this reader every second.
 */
final class Streaming {
  private static final Duration STATUS_INTERVAL = Duration.ofSeconds(1);

  /** How often the distance to the log's end is looked at. */
  private static final Duration LOOK = Duration.ofSeconds(2);

  /** How long to wait when nothing was sent, at most. */
  private static final long IDLE_MILLIS = 2;

  private final SlotReading slot;
  private final SlotSettings settings;
  private final Session session;
  private final Decoder decoder;
  private final Acknowledgements acknowledgements;

  Streaming(SlotReading slot) {
    this.slot = slot;
    this.settings = slot.settings();
    this.session = slot.session();
    this.decoder = slot.decoder();
    this.acknowledgements = slot.acknowledgements();
  }

  /** Returns, between two transactions, when the end is far away, and when the log is closed. */
  void run() throws SQLException, InterruptedException {
    Connection connection = session.replication();
    try {
      PGReplicationStream stream = start(connection);
      slot.holds(Mode.State.STREAM);
      decoder.newSession();
      slot.handover().meanwhile(() -> report(stream));
      follow(stream);
      slot.holdsNoMore();
      report(stream);
      stream.close();
      connection.close();
    } finally {
      slot.handover().meanwhile(() -> {});
      session.end();
    }
  }

  private PGReplicationStream start(Connection connection) throws SQLException {
    return connection
        .unwrap(PGConnection.class)
        .getReplicationAPI()
        .replicationStream()
        .logical()
        .withSlotName(settings.slot())
        .withStartPosition(lsn(decoder.committed()))
        .withSlotOption("proto_version", 1)
        .withSlotOption("publication_names", Quoting.name(settings.publication()))
        .withSlotOption("messages", "true")
        .withStatusInterval(
            (int) STATUS_INTERVAL.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS)
        // Only the journal decides what the source may forget.
        .withAutomaticFlush(false)
        .start();
  }

  private void follow(PGReplicationStream stream) throws SQLException, InterruptedException {
    long nextLook = System.nanoTime() + LOOK.toNanos();
    while (!acknowledgements.isClosed()) {
      ByteBuffer message = stream.readPending();
      if (acknowledgements.awaitNews(message == null ? IDLE_MILLIS : 0)) {
        report(stream);
      }
      if (message != null) {
        int from = message.arrayOffset() + message.position();
        decoder.accept(message.array(), from, from + message.remaining());
        if (decoder.isBetweenTransactions() && System.nanoTime() - nextLook > 0) {
          if (slot.distance().isFar(decoder.committed())) {
            return;
          }
          nextLook = System.nanoTime() + LOOK.toNanos();
        }
      } else if (stream.isClosed()) {
        throw new SQLException(
            "the server ended the stream", "08006", new EOFException("end of stream"));
      }
    }
  }

  private void report(PGReplicationStream stream) throws SQLException {
    stream.setFlushedLSN(lsn(acknowledgements.durable()));
    Lsn applied = acknowledgements.applied();
    if (applied != null) {
      stream.setAppliedLSN(lsn(applied));
    }
    stream.forceUpdateStatus();
  }

  private static LogSequenceNumber lsn(Lsn lsn) {
    return LogSequenceNumber.valueOf(lsn.value());
  }
}
