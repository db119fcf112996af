package io.understudy.verify;

import io.understudy.journal.TableName;
import io.understudy.journal.postgres.Quoting;
import java.util.List;

/**
 * A table as one side's catalog has it.
 *
 * @param whole whether this stands for a partitioned table with all its partitions
 * @param oids of the table itself, or of its partitions: what holds rows
 * @param key the columns of its primary key, or else of its replica identity; may be empty
 * @param order how the key's columns are sorted here, as far as that can be told: sides with equal
 *     texts sort alike; empty if it cannot be told
 * @param pages of 8 KiB that hold its rows
 * @param bytes what it takes on disk, large values included
 * @param rows the planner's estimate
 */
record Shape(
    TableName table,
    boolean whole,
    List<Long> oids,
    List<Column> columns,
    List<String> key,
    String order,
    long pages,
    long bytes,
    long rows) {
  /** Of a table that the planner knows nothing of. */
  private static final long BYTES_PER_ROW = 100;

  Shape {
    oids = List.copyOf(oids);
    columns = List.copyOf(columns);
    key = List.copyOf(key);
  }

  /**
   * @param type as {@code format_type} prints it
   * @param computed whether the server computes it
   */
  record Column(String name, String type, boolean computed) {}

  /** What statements read. */
  String from() {
    return (whole ? "" : "ONLY ") + Quoting.name(table);
  }

  /** As far as the planner knows; at least 32. */
  long bytesPerRow() {
    return rows == 0 ? BYTES_PER_ROW : Math.max(32, bytes / rows);
  }

  boolean has(String column) {
    return columns.stream().anyMatch(it -> it.name().equals(column));
  }

  String type(String column) {
    return columns.stream()
        .filter(it -> it.name().equals(column))
        .map(Column::type)
        .findFirst()
        .orElseThrow();
  }
}
