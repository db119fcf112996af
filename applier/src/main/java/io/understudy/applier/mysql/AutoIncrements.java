package io.understudy.applier.mysql;

import io.understudy.journal.TableName;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Lets each table's AUTO_INCREMENT go on behind its highest value. The server does so by itself for
 * rows that were inserted, not always for those that were updated. It never goes back: a number
 * whose row was deleted is not given out again.
 */
final class AutoIncrements {
  private static final String TABLES =
      """
      SELECT t.table_schema, t.table_name, c.column_name, c.column_type, t.auto_increment
        FROM information_schema.tables t
        JOIN information_schema.columns c
          ON c.table_schema = t.table_schema AND c.table_name = t.table_name
       WHERE c.extra LIKE '%auto_increment%' AND t.table_type = 'BASE TABLE'
         AND t.table_schema NOT IN
             ('mysql', 'sys', 'information_schema', 'performance_schema', 'understudy')
       ORDER BY 1, 2""";

  private AutoIncrements() {}

  /** Returns a line on each that was moved or could not be judged. Commits. */
  static List<String> raise(Connection connection, Product product) throws SQLException {
    if (product == Product.MYSQL) {
      execute(connection, "SET SESSION information_schema_stats_expiry = 0");
    }
    List<String> done = new ArrayList<>();
    for (List<String> row : Rows.of(connection, TABLES)) {
      TableName table = new TableName(row.get(0), row.get(1));
      String type = row.get(3);
      if (Form.of(type) != Form.NUMBER) {
        done.add(
            "AUTO_INCREMENT of " + table + " was not compared with its column, which is " + type);
        continue;
      }
      Optional<String> highest =
          Rows.value(
              connection, "SELECT max(" + Sql.name(row.get(2)) + ") FROM " + Sql.name(table));
      if (highest.isPresent()) {
        raise(connection, table, type, new BigInteger(highest.get()), row.get(4))
            .ifPresent(done::add);
      }
    }
    return done;
  }

  private static Optional<String> raise(
      Connection connection, TableName table, String type, BigInteger highest, String counter)
      throws SQLException {
    if (highest.compareTo(bound(type)) >= 0) {
      return Optional.of("AUTO_INCREMENT of " + table + " is used up at its bound " + highest);
    }
    BigInteger next = counter == null ? BigInteger.ONE : new BigInteger(counter);
    if (next.compareTo(highest) > 0) {
      return Optional.empty();
    }
    BigInteger raised = highest.add(BigInteger.ONE);
    execute(connection, "ALTER TABLE " + Sql.name(table) + " AUTO_INCREMENT = " + raised);
    return Optional.of("AUTO_INCREMENT of " + table + " goes on with " + raised);
  }

  /** The highest value of an integer type. */
  static BigInteger bound(String type) {
    int bits =
        switch (type.split("[ (]", 2)[0]) {
          case "tinyint" -> 8;
          case "smallint" -> 16;
          case "mediumint" -> 24;
          case "int" -> 32;
          default -> 64;
        };
    int magnitude = type.contains("unsigned") ? bits : bits - 1;
    return BigInteger.TWO.pow(magnitude).subtract(BigInteger.ONE);
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
