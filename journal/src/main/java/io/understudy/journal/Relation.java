package io.understudy.journal;

import java.util.List;
import java.util.Optional;

/**
 * A table's shape as the log had it when its rows were written: the columns in the order in which
 * rows carry their values. Without a key column a row is identified by all of its values.
 *
 * @param partition present if the table is a partition and the engine's log names partitions
 */
public record Relation(TableName table, List<Column> columns, Optional<Partition> partition) {
  public Relation {
    columns = List.copyOf(columns);
    if (columns.stream().map(Column::name).distinct().count() != columns.size()) {
      throw new IllegalArgumentException("table " + table + " has two columns of one name");
    }
  }

  /** A table that is no partition. */
  public Relation(TableName table, List<Column> columns) {
    this(table, columns, Optional.empty());
  }

  public boolean hasKey() {
    return columns.stream().anyMatch(Column::key);
  }
}
