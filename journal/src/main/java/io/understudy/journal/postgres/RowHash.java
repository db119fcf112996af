package io.understudy.journal.postgres;

import java.util.Collection;

/**
 * What two PostgreSQL servers compute of a row to find out whether it prints alike on both: two
 * numbers of 64 bits, of the whole row's text. The text tells NULL from an empty string, -0 from 0
 * and {@code 1.0} from {@code 1.00}; {@code hashtextextended} is the same function in all versions,
 * because hash partitions depend on it.
 */
public final class RowHash {
  private RowHash() {}

  /**
   * The row's text, as an expression.
   *
   * @param columns quoted, with their alias, in an order that is the same on both sides
   */
  public static String text(Collection<String> columns) {
    return "(ROW(" + String.join(", ", columns) + ")::text COLLATE \"C\")";
  }

  /**
   * One of the two numbers of a text, as an expression.
   *
   * @param number 1 or 2
   */
  public static String of(String text, int number) {
    return "hashtextextended(" + text + ", " + number + ")";
  }
}
