package io.understudy.connectors.binlog;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A column's type, read from the text that travels in the relation: the server's {@code
 * COLUMN_TYPE}, for character types followed by {@code CHARACTER SET … COLLATE …}.
 *
 * @param length the first number in parentheses, 0 if there is none
 * @param scale the second one
 * @param charset empty for types without one
 * @param labels of ENUM and SET, in order
 */
public record ColumnType(
    Kind kind,
    int length,
    int scale,
    boolean unsigned,
    boolean zerofill,
    String charset,
    List<String> labels) {

  /** What is known to travel exactly, with the code that the log has for it. */
  public enum Kind {
    TINYINT(1),
    SMALLINT(2),
    MEDIUMINT(9),
    INT(3),
    BIGINT(8),
    DECIMAL(246),
    FLOAT(4),
    DOUBLE(5),
    BIT(16),
    CHAR(254),
    VARCHAR(15),
    TEXT(252),
    BINARY(254),
    VARBINARY(15),
    BLOB(252),
    DATE(10),
    TIME(19),
    DATETIME(18),
    TIMESTAMP(17),
    YEAR(13),
    ENUM(254),
    SET(254),
    JSON(245);

    private final int wire;

    Kind(int wire) {
      this.wire = wire;
    }

    int wire() {
      return wire;
    }

    public boolean isBinary() {
      return this == BINARY || this == VARBINARY || this == BLOB || this == BIT;
    }

    public boolean isCharacter() {
      return this == CHAR || this == VARCHAR || this == TEXT || this == ENUM || this == SET;
    }

    /** Integers, DECIMAL and YEAR: the server's own text of them is short and exact. */
    public boolean isExactNumber() {
      return switch (this) {
        case TINYINT, SMALLINT, MEDIUMINT, INT, BIGINT, DECIMAL, YEAR -> true;
        default -> false;
      };
    }

    public boolean isTemporal() {
      return this == DATE || this == TIME || this == DATETIME || this == TIMESTAMP;
    }
  }

  private static final Pattern SYNTAX =
      Pattern.compile(
          "(?<name>[a-z]+)(?:\\((?<arguments>.*)\\))?(?<unsigned> unsigned)?(?<zerofill> zerofill)?"
              + "(?: CHARACTER SET (?<charset>\\w+) COLLATE \\w+)?",
          Pattern.DOTALL);
  private static final Map<String, Kind> SYNONYMS =
      Map.of(
          "tinytext", Kind.TEXT,
          "mediumtext", Kind.TEXT,
          "longtext", Kind.TEXT,
          "tinyblob", Kind.BLOB,
          "mediumblob", Kind.BLOB,
          "longblob", Kind.BLOB);

  public ColumnType {
    labels = List.copyOf(labels);
  }

  /** Empty if values of this type are not known to travel exactly. */
  public static Optional<ColumnType> parse(String type) {
    Matcher matcher = SYNTAX.matcher(type);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    Optional<Kind> kind = kind(matcher.group("name"));
    String charset = matcher.group("charset") == null ? "" : matcher.group("charset");
    if (kind.isEmpty()
        || kind.get().isCharacter() == charset.isEmpty()
        || (!charset.isEmpty() && !Charsets.isKnown(charset))) {
      return Optional.empty();
    }
    String arguments = matcher.group("arguments");
    boolean labelled = kind.get() == Kind.ENUM || kind.get() == Kind.SET;
    String[] numbers = arguments == null || labelled ? new String[0] : arguments.split(",", -1);
    return Optional.of(
        new ColumnType(
            kind.get(),
            numbers.length > 0 ? Integer.parseInt(numbers[0].strip()) : 0,
            numbers.length > 1 ? Integer.parseInt(numbers[1].strip()) : 0,
            matcher.group("unsigned") != null,
            matcher.group("zerofill") != null,
            charset,
            labelled ? labels(arguments == null ? "" : arguments) : List.of()));
  }

  private static Optional<Kind> kind(String name) {
    Kind synonym = SYNONYMS.get(name);
    if (synonym != null) {
      return Optional.of(synonym);
    }
    for (Kind kind : Kind.values()) {
      if (kind.name().toLowerCase(Locale.ROOT).equals(name)) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }

  /** Quoted labels, a quote in one doubled, control characters and backslashes escaped by one. */
  private static List<String> labels(String arguments) {
    List<String> labels = new ArrayList<>();
    StringBuilder label = null;
    for (int i = 0; i < arguments.length(); i++) {
      char c = arguments.charAt(i);
      if (label == null) {
        label = c == '\'' ? new StringBuilder() : null;
      } else if (c == '\'') {
        if (i + 1 < arguments.length() && arguments.charAt(i + 1) == '\'') {
          label.append(c);
          i++;
        } else {
          labels.add(label.toString());
          label = null;
        }
      } else if (c == '\\' && i + 1 < arguments.length()) {
        label.append(unescaped(arguments.charAt(++i)));
      } else {
        label.append(c);
      }
    }
    return labels;
  }

  private static char unescaped(char c) {
    return switch (c) {
      case 'n' -> '\n';
      case 'r' -> '\r';
      case '0' -> '\0';
      default -> c;
    };
  }
}
