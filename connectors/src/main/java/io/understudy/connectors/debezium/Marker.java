package io.understudy.connectors.debezium;

import io.debezium.connector.postgresql.connection.LogicalDecodingMessage;
import io.debezium.connector.postgresql.connection.ReplicationMessage;
import io.debezium.connector.postgresql.connection.ReplicationMessage.Operation;
import io.understudy.connectors.slot.SequenceMessages;
import io.understudy.journal.postgres.Lsn;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * Where a transaction begins and ends, sent through Debezium's queue between the changes as a
 * logical message. Debezium has markers of its own (its transaction metadata), but they make every
 * record carry a count for each table that the transaction touched.
 */
sealed interface Marker {
  String PREFIX = "understudy.marker";

  record Begin(long xid) implements Marker {}

  /**
   * @param changes how many changes were handed to Debezium since the beginning
   */
  record Commit(Lsn end, Instant time, long changes) implements Marker {}

  /** Written into the log by Understudy itself. */
  record Mark(String name) implements Marker {}

  /** As {@link SequenceMessages} reads it. */
  record Sequences(String content) implements Marker {}

  static ReplicationMessage mark(ReplicationMessage of, String name) {
    return words(of, 'M', name);
  }

  static ReplicationMessage sequences(ReplicationMessage of, String words) {
    return words(of, 'S', words);
  }

  private static ReplicationMessage words(ReplicationMessage of, char kind, String words) {
    byte[] bytes = words.getBytes(StandardCharsets.UTF_8);
    byte[] content = new byte[1 + bytes.length];
    ByteBuffer.wrap(content).put((byte) kind).put(bytes);
    return message(of, content);
  }

  static ReplicationMessage begin(ReplicationMessage begin) {
    long xid = begin.getTransactionId().orElseThrow();
    byte[] content = new byte[9];
    ByteBuffer.wrap(content).put((byte) 'B').putLong(xid);
    return message(begin, content);
  }

  static ReplicationMessage commit(ReplicationMessage commit, long end, long changes) {
    Instant time = commit.getCommitTime();
    byte[] content = new byte[29];
    ByteBuffer.wrap(content)
        .put((byte) 'C')
        .putLong(end)
        .putLong(time.getEpochSecond())
        .putInt(time.getNano())
        .putLong(changes);
    return message(commit, content);
  }

  static Marker parse(ByteBuffer written) {
    ByteBuffer content = written.duplicate();
    return switch (content.get()) {
      case 'B' -> new Begin(content.getLong());
      case 'M' -> new Mark(StandardCharsets.UTF_8.decode(content).toString());
      case 'S' -> new Sequences(StandardCharsets.UTF_8.decode(content).toString());
      default ->
          new Commit(
              new Lsn(content.getLong()),
              Instant.ofEpochSecond(content.getLong(), content.getInt()),
              content.getLong());
    };
  }

  private static ReplicationMessage message(ReplicationMessage of, byte[] content) {
    return new LogicalDecodingMessage(
        Operation.MESSAGE,
        of.getCommitTime(),
        of.getTransactionId().orElseThrow(),
        true,
        PREFIX,
        content);
  }
}
