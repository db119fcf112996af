package io.understudy.applier;

import io.understudy.journal.MirrorException;
import io.understudy.journal.Position;
import io.understudy.journal.Relation;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * Another copy of some tables into a standby that follows, in one transaction. As long as this is
 * open the applier waits where it is; whatever ends it, a lost connection and a killed process
 * included, lets the applier go on, with either the old rows or the new ones. Owned by one thread,
 * but for {@link #copyIn}, which any one thread may call.
 */
public interface Refill extends AutoCloseable {

  /** Where the standby stands, until this is closed. */
  Progress progress();

  /**
   * Empties the tables.
   *
   * @throws MirrorException.Operator if the standby has other partitions than the source
   */
  void empty(List<Relation> tables);

  /** Adds rows, as {@link Standby#copyIn} does. */
  long copyIn(Relation table, InputStream rows) throws IOException;

  /**
   * Commits: the tables are as the source had them at {@code moment}, which may lie behind {@link
   * #progress()} by changes of rows, but not by changes of these tables' schema. The applier leaves
   * out what the journal holds of the tables up to there.
   */
  void complete(List<Relation> tables, Position moment);

  /** Undoes what was not completed. */
  @Override
  void close();
}
