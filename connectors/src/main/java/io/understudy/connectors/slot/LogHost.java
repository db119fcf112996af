package io.understudy.connectors.slot;

import io.understudy.journal.MirrorException;
import io.understudy.journal.Relation;
import io.understudy.journal.TableName;
import io.understudy.journal.postgres.Lsn;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** What the reading of a slot asks of the source it belongs to. Called from several threads. */
public interface LogHost {

  /**
   * The relation that a table's rows in the log have: columns as logged, without generated ones
   * that do not identify; the key is what the log identifies rows by. Where that is the full row,
   * it is the primary key, if there is one. What the catalog holds since that transaction, or a
   * later one, is left out of account.
   *
   * @param transaction the identifier of the one that the rows are of; empty if it is not known,
   *     and the catalog is taken as it is now
   */
  Relation relation(TableName table, List<LoggedColumn> columns, OptionalLong transaction);

  /**
   * Called once the slot is, or was just now, held by this reader and before the first event of
   * that hold is handed out: the last moment to find that the slot is not what it should be.
   *
   * @param after the end of the last commit that was handed out: the slot must hold all that
   *     follows
   * @throws MirrorException to end the reading before it begins
   */
  void holdingSlot(Lsn after);

  /** Where the source's log ends now. */
  Lsn end();

  /**
   * A new session under the reader's own name, outside any pool.
   *
   * @param properties driver properties beyond those that reach the database
   */
  Connection session(Map<String, String> properties) throws SQLException;

  /** Says by its kind what a failure of the server, the driver or Debezium means. */
  MirrorException failure(String operation, Throwable cause);
}
