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
   * @return the number of rows
   */
  long copy(Relation table, OutputStream out) throws IOException;

  /** Ends the snapshot; what {@link Source#prepare()} made on the source stays. */
  @Override
  void close();
}
