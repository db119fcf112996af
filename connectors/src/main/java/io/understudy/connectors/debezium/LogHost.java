package io.understudy.connectors.debezium;

import io.understudy.journal.MirrorException;
import io.understudy.journal.Relation;
import io.understudy.journal.TableName;
import java.util.List;

/** What the reading of a slot asks of the source it belongs to. Called from several threads. */
public interface LogHost {

  /**
   * The relation that a table's rows in the log have: columns as logged; the key is what the log
   * identifies rows by. Where that is the full row, it is the primary key, if there is one.
   */
  Relation relation(TableName table, List<LoggedColumn> columns);

  /**
   * Called once the slot is held by this reader and before the first event is read: the last moment
   * to find that the slot is not what it should be.
   *
   * @throws MirrorException to end the reading before it begins
   */
  void holdingSlot();

  /** Says by its kind what a failure of Debezium or the driver means. */
  MirrorException failure(String operation, Throwable cause);
}
