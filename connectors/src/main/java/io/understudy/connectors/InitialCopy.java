package io.understudy.connectors;

import io.understudy.journal.Position;
import io.understudy.journal.Relation;
import io.understudy.journal.TableName;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/**
 * A snapshot of the source that shows exactly what the log before {@link #position()} made. Owned
 * by one thread; open until closed.
 */
public interface InitialCopy extends AutoCloseable {

  Position position();

  List<Relation> tables();

  /** The planner's estimate, for progress only; 0 if it has none. */
  long estimatedRows(TableName table);

  /**
   * Writes all rows of a table as lines of tab-separated values in the order of the relation's
   * columns, UTF-8, {@code \N} for NULL, backslash escapes for tab, line feed, carriage return and
   * backslash: what PostgreSQL's {@code COPY} and MySQL's {@code LOAD DATA} both speak.
   *
   * <p>A value is what the log would hold: the source's text, and for a binary type its bytes in
   * the way that the engine's standby reads them. PostgreSQL: {@code \\x} and hex digits. MySQL and
   * MariaDB: hex digits alone, for BINARY, VARBINARY, BLOB and BIT; the bytes of a BIT are its
   * value, highest byte first, as many as its width takes.
   *
   * @return the number of rows
   */
  long copy(Relation table, OutputStream out) throws IOException;

  /** Ends the snapshot; what {@link Source#prepare()} made on the source stays. */
  @Override
  void close();
}
