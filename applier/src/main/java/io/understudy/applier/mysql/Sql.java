package io.understudy.applier.mysql;

import io.understudy.journal.Column;
import io.understudy.journal.TableName;
import java.util.Collection;
import java.util.stream.Collectors;

/** Spelling of names in SQL; every name is quoted, always. */
final class Sql {
  private Sql() {}

  static String name(String identifier) {
    return '`' + identifier.replace("`", "``") + '`';
  }

  static String name(TableName table) {
    return name(table.schema()) + "." + name(table.table());
  }

  static String columnNames(Collection<Column> columns) {
    return columns.stream().map(column -> name(column.name())).collect(Collectors.joining(", "));
  }
}
