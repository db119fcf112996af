package io.understudy.journal;

/**
 * A column of a mirrored table.
 *
 * @param name unquoted, case kept
 * @param type the source's own spelling of the type, modifiers included, for example {@code
 *     numeric(10,2)}
 * @param key whether the column is part of what identifies a row of its table
 */
public record Column(String name, String type, boolean key) {
  public Column {
    if (name.isEmpty() || type.isEmpty()) {
      throw new IllegalArgumentException(
          "a column needs a name and a type: '" + name + "' '" + type + "'");
    }
  }
}
