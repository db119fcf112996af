package io.understudy.connectors.mysql;

import io.understudy.connectors.binlog.ColumnType;
import io.understudy.connectors.binlog.Numbers;
import io.understudy.journal.Column;
import io.understudy.journal.TableName;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * How a column is asked for so that its values come out as those in the log do. What is not text
 * the server itself makes text: the driver would turn dates into those of a calendar. Floating
 * point travels in binary, because the server cuts digits when it prints.
 */
final class Printing {
  private final Column column;
  private final ColumnType type;

  private Printing(Column column, ColumnType type) {
    this.column = column;
    this.type = type;
  }

  static Printing of(TableName table, Column column) {
    return new Printing(
        column,
        ColumnType.parse(column.type())
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "column " + column.name() + " of table " + table + " cannot be copied")));
  }

  String expression() {
    String name = Sql.name(column.name());
    return switch (type.kind()) {
      case CHAR, VARCHAR, TEXT, ENUM, SET -> name;
      case BIT -> "HEX(" + name + " + 0)";
      case BINARY, VARBINARY, BLOB -> "HEX(" + name + ")";
      case FLOAT, DOUBLE -> name;
      default -> "CAST(" + name + " AS CHAR)";
    };
  }

  /** The value in column {@code number} of a row that came in binary form; null for NULL. */
  String value(ResultSet row, int number) throws SQLException {
    switch (type.kind()) {
      case FLOAT -> {
        float value = row.getFloat(number);
        return row.wasNull() ? null : Numbers.print(value);
      }
      case DOUBLE -> {
        double value = row.getDouble(number);
        return row.wasNull() ? null : Numbers.print(value);
      }
      case BIT -> {
        String digits = row.getString(number);
        return digits == null
            ? null
            : "0".repeat((Math.max(1, type.length()) + 7) / 8 * 2 - digits.length()) + digits;
      }
      default -> {
        return row.getString(number);
      }
    }
  }
}
