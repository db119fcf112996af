package io.understudy.connectors;

import io.understudy.journal.MirrorException;
import io.understudy.journal.Relation;
import io.understudy.journal.Row;
import io.understudy.journal.RowKey;
import io.understudy.journal.TableName;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/** Rows of a snapshot, looked up by their keys. Owned by one thread. */
public interface KeyedRows extends AutoCloseable {

  /** The table as the snapshot's catalog has it; empty if there is none. */
  Optional<Relation> relation(TableName table);

  /**
   * Those of the rows that are there. Values are as the log prints them, and so are compared the
   * keys.
   *
   * @param relation of {@link #relation}, with a key
   * @throws MirrorException.Transient if the table was emptied or rewritten since the snapshot
   */
  Map<RowKey, Row> find(Relation relation, Collection<RowKey> keys);

  @Override
  void close();
}
