package io.understudy.app.harness;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** SQL that every engine understands, and running it. */
public final class Sql {
  private Sql() {}

  /** Runs a script on a connection of its own: statements that end with a semicolon. */
  public static void run(Connections database, String script) throws SQLException {
    try (Connection connection = database.open()) {
      run(connection, script);
    }
  }

  /** Not for statements that have semicolons in them. */
  public static void run(Connection connection, String script) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : script.split(";", -1)) {
        if (!sql.isBlank()) {
          statement.execute(sql.strip());
        }
      }
    }
  }

  /** The first value of the first row. */
  public static String text(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  public static long number(Connection connection, String sql) throws SQLException {
    return Long.parseLong(text(connection, sql));
  }

  /** A table, to select from, whose column {@code n} holds the numbers from 1 to {@code last}. */
  public static String numbers(long last) {
    int digits = Long.toString(last).length();
    String digit =
        IntStream.range(0, 10)
            .mapToObj(d -> "SELECT " + d + " AS d")
            .collect(Collectors.joining(" UNION ALL "));
    String tables =
        IntStream.range(0, digits)
            .mapToObj(i -> "(" + digit + ") t" + i)
            .collect(Collectors.joining(" CROSS JOIN "));
    String number =
        IntStream.range(0, digits)
            .mapToObj(i -> "t" + i + ".d * " + (long) Math.pow(10, digits - 1 - i))
            .collect(Collectors.joining(" + "));
    return "(SELECT n FROM (SELECT 1 + "
        + number
        + " AS n FROM "
        + tables
        + ") every_number WHERE n <= "
        + last
        + " ORDER BY n) numbers";
  }
}
