package io.understudy.connectors.debezium;

import io.debezium.connector.postgresql.connection.LogicalDecodingMessage;
import io.debezium.connector.postgresql.connection.Lsn;
import io.debezium.connector.postgresql.connection.ReplicationMessage;
import io.debezium.connector.postgresql.connection.ReplicationStream;
import io.understudy.connectors.slot.OwnMessages;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.ExecutorService;

/**
 * The slot's stream as Debezium sees it: with {@link Marker}s where transactions begin and end and
 * for the mirror's own words, without other logical messages and tables outside the mirror, and
 * deaf to Debezium's own wish to flush.
 */
final class GuardedStream implements ReplicationStream {
  private final ReplicationStream stream;
  private final StreamGuard guard;
  private final Mirrored mirrored;
  private final OwnMessages own;
  private long changes;

  /**
   * @param own tells the mirror's messages from those of others
   */
  GuardedStream(ReplicationStream stream, StreamGuard guard, Mirrored mirrored, OwnMessages own) {
    this.stream = stream;
    this.guard = guard;
    this.mirrored = mirrored;
    this.own = own;
  }

  @Override
  public void read(ReplicationMessageProcessor processor)
      throws SQLException, InterruptedException {
    readPending(processor);
  }

  @Override
  public boolean readPending(ReplicationMessageProcessor processor)
      throws SQLException, InterruptedException {
    return !guard.isClosed() && stream.readPending(message -> handOver(message, processor));
  }

  private void handOver(ReplicationMessage message, ReplicationMessageProcessor processor)
      throws SQLException, InterruptedException {
    guard.handingOver(true);
    try {
      pass(message, processor);
    } finally {
      guard.handingOver(false);
    }
  }

  private void pass(ReplicationMessage message, ReplicationMessageProcessor processor)
      throws SQLException, InterruptedException {
    switch (message.getOperation()) {
      case BEGIN -> {
        changes = 0;
        processor.process(message);
        processor.process(Marker.begin(message));
      }
      case COMMIT -> {
        processor.process(message);
        processor.process(Marker.commit(message, stream.lastReceivedLsn().asLong(), changes));
      }
      case ORIGIN -> processor.process(message);
      case INSERT, UPDATE, DELETE, TRUNCATE -> {
        if (!message.isSkippedMessage() && mirrored.matches(message.getTable())) {
          changes++;
          processor.process(message);
        }
      }
      case MESSAGE -> {
        LogicalDecodingMessage written = (LogicalDecodingMessage) message;
        Optional<OwnMessages.Kind> kind = own.kind(written.getPrefix());
        if (kind.isPresent() && written.getTransactionId().isPresent()) {
          own(kind.get(), written, processor);
        } // else a message of a user's
      }
      default -> {} // unmirrored tables
    }
  }

  private void own(
      OwnMessages.Kind kind, LogicalDecodingMessage written, ReplicationMessageProcessor processor)
      throws SQLException, InterruptedException {
    Optional<String> words = own.words(written.getPrefix(), written.getContent());
    if (words.isEmpty()) {
      return;
    }
    switch (kind) {
      case MARK -> {
        if (!words.get().isEmpty()) {
          processor.process(Marker.mark(written, words.get()));
        }
      }
      case SEQUENCES -> processor.process(Marker.sequences(written, words.get()));
      case DDL -> {} // not carried by this reader
    }
  }

  void acknowledge(io.understudy.journal.postgres.Lsn durable) throws SQLException {
    stream.flushLsn(Lsn.valueOf(durable.value()));
  }

  @Override
  public void flushLsn(Lsn lsn) {
    // Only the journal decides what the source may forget.
  }

  @Override
  public Lsn lastReceivedLsn() {
    return stream.lastReceivedLsn();
  }

  @Override
  public Lsn startLsn() {
    return stream.startLsn();
  }

  @Override
  public void startKeepAlive(ExecutorService service) {
    stream.startKeepAlive(service);
  }

  @Override
  public void stopKeepAlive() {
    stream.stopKeepAlive();
  }

  @Override
  public void close() throws SQLException {
    try {
      stream.close();
    } catch (SQLException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new SQLException("closing the replication session failed", e);
    }
  }
}
