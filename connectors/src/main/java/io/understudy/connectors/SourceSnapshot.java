package io.understudy.connectors;

import io.understudy.journal.Position;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * The source's rows exactly as the log up to {@link #position()} made them. Safe for use by several
 * threads.
 */
public interface SourceSnapshot extends AutoCloseable {

  Position position();

  /**
   * A read-only session of its own that sees this snapshot, in one transaction until it is closed.
   * It belongs to the caller and may outlive the snapshot.
   */
  Connection open() throws SQLException;

  /**
   * Rows by their keys, as this snapshot has them.
   *
   * @throws io.understudy.journal.MirrorException by its kind
   */
  default KeyedRows rows() {
    throw new IllegalStateException("this engine's rows are not looked up by keys");
  }

  /** Nothing is left on the source. */
  @Override
  void close();
}
