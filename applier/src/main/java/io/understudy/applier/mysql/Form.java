package io.understudy.applier.mysql;

import io.understudy.journal.Value;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.HexFormat;
import java.util.Locale;

/**
 * How a column's values are handed to the server so that it takes them for exactly what they are,
 * and how one of them is found without a key. Values are {@link Value.Text} as the server prints
 * them; BIT (highest bit first, in as few bytes as its width takes), BINARY, VARBINARY and BLOB are
 * {@link Value.Bytes}, and hex digits in an initial copy.
 */
enum Form {
  /** As text, the server would compare them as DOUBLE. */
  NUMBER,
  /**
   * Compared as DOUBLE, which a FLOAT is part of: so it must not be given as its own few digits.
   */
  FLOAT,
  DOUBLE,
  BIT,
  BYTES,
  /** What collations take for equal is not the same. */
  TEXT,
  JSON,
  /** Dates and times: exact as text. */
  PLAIN;

  /**
   * @param type as the catalog prints it
   */
  static Form of(String type) {
    String word = type.split("[ (]", 2)[0].toLowerCase(Locale.ROOT);
    return switch (word) {
      case "tinyint", "smallint", "mediumint", "int", "bigint", "decimal" -> NUMBER;
      case "float" -> FLOAT;
      case "double" -> DOUBLE;
      case "bit" -> BIT;
      case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob" -> BYTES;
      case "char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set" -> TEXT;
      case "json" -> JSON;
      default -> PLAIN;
    };
  }

  /** Sets parameter {@code index}; false if the value is not of this form. */
  boolean bind(PreparedStatement statement, int index, Value value) throws SQLException {
    if (value instanceof Value.Null) {
      statement.setNull(index, Types.NULL);
    } else if (value instanceof Value.Text text && !isBinary()) {
      bind(statement, index, text.text());
    } else if (value instanceof Value.Bytes bytes && isBinary()) {
      if (this == BIT) {
        statement.setBigDecimal(index, new BigDecimal(new BigInteger(1, bytes.bytes())));
      } else {
        statement.setBytes(index, bytes.bytes());
      }
    } else {
      return false;
    }
    return true;
  }

  private void bind(PreparedStatement statement, int index, String text) throws SQLException {
    switch (this) {
      case NUMBER -> statement.setBigDecimal(index, new BigDecimal(text));
      // A literal with a point is a DECIMAL, which has no negative zero; a text becomes a DOUBLE.
      case FLOAT -> statement.setString(index, widened(text));
      default -> statement.setString(index, text);
    }
  }

  private static String widened(String text) {
    double value = Float.parseFloat(text);
    return value == 0 ? text : Double.toString(value);
  }

  private boolean isBinary() {
    return this == BIT || this == BYTES;
  }

  /** The condition that a column holds exactly a value, with {@link #matchParameters} of it. */
  String matches(String column) {
    String equal = column + " <=> ?";
    return switch (this) {
      case NUMBER, BIT, BYTES, PLAIN -> equal;
      case FLOAT, DOUBLE -> equal + " AND (concat(" + column + ") LIKE '-%') <=> ?";
      case TEXT ->
          equal
              + " AND CAST(CONVERT("
              + column
              + " USING utf8mb4) AS BINARY) <=> CAST(? AS BINARY)";
      case JSON ->
          "CAST(CAST("
              + column
              + " AS CHAR) AS BINARY) <=> CAST(CAST(CAST(? AS JSON) AS CHAR) AS BINARY)";
    };
  }

  int matchParameters() {
    return this == FLOAT || this == DOUBLE || this == TEXT ? 2 : 1;
  }

  /** Sets the parameters of {@link #matches} from {@code index} on. */
  boolean bindMatch(PreparedStatement statement, int index, Value value) throws SQLException {
    boolean fits = bind(statement, index, value);
    if (fits && this == TEXT) {
      bind(statement, index + 1, value);
    } else if (fits && (this == FLOAT || this == DOUBLE)) {
      if (value instanceof Value.Text text) {
        statement.setInt(index + 1, text.text().startsWith("-") ? 1 : 0);
      } else {
        statement.setNull(index + 1, Types.NULL);
      }
    }
    return fits;
  }

  /**
   * A value of an initial copy.
   *
   * @throws IllegalArgumentException if the text is not of this form
   */
  Value copied(String text) {
    return isBinary() ? new Value.Bytes(HexFormat.of().parseHex(text)) : new Value.Text(text);
  }
}
