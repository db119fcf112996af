package io.understudy.applier.mysql;

import io.understudy.journal.Value;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

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

  /** A value as a literal of SQL; empty if the value is not of this form. */
  Optional<String> literal(Value value) {
    if (value instanceof Value.Null) {
      return Optional.of("NULL");
    } else if (value instanceof Value.Text text && !isBinary()) {
      return Optional.of(literal(text.text()));
    } else if (value instanceof Value.Bytes bytes && isBinary()) {
      return Optional.of(
          this == BIT
              ? new BigInteger(1, bytes.bytes()).toString()
              : "x'" + HexFormat.of().formatHex(bytes.bytes()) + "'");
    }
    return Optional.empty();
  }

  private String literal(String text) {
    return switch (this) {
      case NUMBER -> new BigDecimal(text).toPlainString();
      // A literal with a point is a DECIMAL, which has no negative zero; a text becomes a DOUBLE.
      case FLOAT -> Sql.text(widened(text));
      default -> Sql.text(text);
    };
  }

  private static String widened(String text) {
    double value = Float.parseFloat(text);
    return value == 0 ? text : Double.toString(value);
  }

  private boolean isBinary() {
    return this == BIT || this == BYTES;
  }

  /** The condition that a column holds exactly a value; empty if the value is not of this form. */
  Optional<String> matches(String column, Value value) {
    return literal(value).map(literal -> matches(column, value, literal));
  }

  private String matches(String column, Value value, String literal) {
    String equal = column + " <=> " + literal;
    return switch (this) {
      case NUMBER, BIT, BYTES, PLAIN -> equal;
      case FLOAT, DOUBLE -> equal + " AND (concat(" + column + ") LIKE '-%') <=> " + sign(value);
      case TEXT ->
          equal
              + " AND CAST(CONVERT("
              + column
              + " USING utf8mb4) AS BINARY) <=> CAST("
              + literal
              + " AS BINARY)";
      case JSON ->
          "CAST(CAST("
              + column
              + " AS CHAR) AS BINARY) <=> CAST(CAST(CAST("
              + literal
              + " AS JSON) AS CHAR) AS BINARY)";
    };
  }

  private static String sign(Value value) {
    return value instanceof Value.Text text ? text.text().startsWith("-") ? "1" : "0" : "NULL";
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
