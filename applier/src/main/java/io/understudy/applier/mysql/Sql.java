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

  /** A text as a literal, where backslashes escape. */
  static String text(String text) {
    StringBuilder literal = new StringBuilder(text.length() + 16).append('\'');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\'' -> literal.append("\\'");
        case '\\' -> literal.append("\\\\");
        case '\0' -> literal.append("\\0");
        default -> literal.append(c);
      }
    }
    return literal.append('\'').toString();
  }
}
