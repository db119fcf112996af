package io.understudy.journal;

import java.util.List;

/**
 * A table's shape as the log had it when its rows were written: the columns in the order in which
 * rows carry their values. Without a key column a row is identified by all of its values.
 */
public record Relation(TableName table, List<Column> columns) {
  public Relation {
    columns = List.copyOf(columns);
    if (columns.stream().map(Column::name).distinct().count() != columns.size()) {
      throw new IllegalArgumentException("table " + table + " has two columns of one name");
    }
  }

  public boolean hasKey() {
    return columns.stream().anyMatch(Column::key);
  }
}
