package io.understudy.connectors.binlog;

import io.understudy.journal.MirrorException;
import io.understudy.journal.Relation;
import io.understudy.journal.TableName;
import java.util.Optional;

/** What the reading of a log asks of the source it belongs to. Called from the reading thread. */
public interface LogHost {

  /** The shape of a mirrored table's rows; empty for all other tables. */
  Optional<Relation> relation(TableName table);

  /** Whether a table of this name belongs to the mirror, or would if it were made. */
  boolean isMirrored(TableName table);

  /** Whether anything of this database belongs to the mirror. */
  boolean isMirrored(String database);

  /** Says by its kind what a failure of the client or the server means. */
  MirrorException failure(String operation, Throwable cause);
}
