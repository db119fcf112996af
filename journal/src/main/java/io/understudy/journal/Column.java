package io.understudy.journal;

/**
 * A column of a mirrored table.
 *
 * @param name unquoted, case kept
 * @param type the source's own spelling of the type, modifiers included, for example {@code
 *     numeric(10,2)}; {@link #UNKNOWN} if the source did not know it any more when it was asked
 * @param key whether the column is part of what identifies a row of its table
 * @param perhapsGenerated whether the log may have had a generated column here: it does not tell
 *     one from a plain one, and the source's catalog has moved on since
 */
public record Column(String name, String type, boolean key, boolean perhapsGenerated) {
  /** The log tells a type by a number, and the source's catalog has moved on since. */
  public static final String UNKNOWN = "???";

  public Column(String name, String type, boolean key) {
    this(name, type, key, false);
  }

  public Column {
    if (name.isEmpty() || type.isEmpty()) {
      throw new IllegalArgumentException(
          "a column needs a name and a type: '" + name + "' '" + type + "'");
    }
  }
}
