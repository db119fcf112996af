package io.understudy.journal.postgres;

import io.understudy.journal.Column;
import io.understudy.journal.TableName;
import java.util.Collection;
import java.util.stream.Collectors;

/**
 * Names and texts as PostgreSQL's SQL, its replication commands and its plugins' options want them.
 * Every name is quoted, always.
 */
public final class Quoting {
  private Quoting() {}

  public static String name(String identifier) {
    return '"' + identifier.replace("\"", "\"\"") + '"';
  }

  /** With its schema. */
  public static String name(TableName table) {
    return name(table.schema()) + "." + name(table.table());
  }

  /** A list, in the order of the collection. */
  public static String names(Collection<String> identifiers) {
    return identifiers.stream().map(Quoting::name).collect(Collectors.joining(", "));
  }

  /** A list, in the order of the collection. */
  public static String columnNames(Collection<Column> columns) {
    return names(columns.stream().map(Column::name).toList());
  }

  /** A text constant, for where there are no parameters. */
  public static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}
