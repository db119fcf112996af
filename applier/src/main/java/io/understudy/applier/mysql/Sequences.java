package io.understudy.applier.mysql;

import io.understudy.journal.TableName;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Lets MariaDB's sequences go on behind the values of the columns that draw from them by default;
 * the log says nothing about them. One that no column draws from is named. None ever goes back.
 */
final class Sequences {
  private static final String SEQUENCES =
      """
      SELECT table_schema, table_name FROM information_schema.tables
       WHERE table_type = 'SEQUENCE' ORDER BY 1, 2""";

  private static final String DRAWING =
      """
      SELECT table_schema, table_name, column_name FROM information_schema.columns
       WHERE column_default = ?""";

  private Sequences() {}

  /** Returns a line on each that was moved or could not be. */
  static List<String> raise(Connection connection, Product product) throws SQLException {
    List<String> done = new ArrayList<>();
    if (product == Product.MARIADB) {
      for (List<String> row : Rows.of(connection, SEQUENCES)) {
        raise(connection, new TableName(row.get(0), row.get(1))).ifPresent(done::add);
      }
    }
    return done;
  }

  private static Optional<String> raise(Connection connection, TableName sequence)
      throws SQLException {
    List<List<String>> columns =
        Rows.of(connection, DRAWING, "nextval(" + Sql.name(sequence) + ")");
    if (columns.isEmpty()) {
      return Optional.of(
          "sequence "
              + sequence
              + " is no column's default and stands where it was: move it by hand if it is used");
    }
    String increment = "SELECT increment FROM " + Sql.name(sequence);
    boolean up = new BigInteger(Rows.value(connection, increment).orElse("1")).signum() >= 0;
    String moved = null;
    for (List<String> column : columns) {
      String end =
          (up ? "SELECT max(" : "SELECT min(")
              + Sql.name(column.get(2))
              + ") FROM "
              + Sql.name(new TableName(column.get(0), column.get(1)));
      Optional<String> last = Rows.value(connection, end);
      if (last.isPresent()) {
        // NULL if the sequence is there already
        String set =
            "SELECT setval(" + Sql.name(sequence) + ", " + new BigInteger(last.get()) + ")";
        moved = Rows.value(connection, set).orElse(moved);
      }
    }
    return Optional.ofNullable(moved)
        .map(value -> "sequence " + sequence + " goes on behind " + value);
  }
}
