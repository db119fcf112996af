package io.understudy.applier.mysql;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;

/**
 * Holds everybody but Understudy off from writing to a server, by {@code read_only}: it has effect
 * on sessions that are there already, too, but not on users with the privilege to write anyway. Not
 * by {@code super_read_only}, which nobody but the server's own replication can get around. MySQL
 * keeps it over a restart; MariaDB cannot, so it is set again when the applier comes back, which is
 * what a restart makes it do. No transaction may be open.
 */
final class ReadOnly {
  private final Product product;

  ReadOnly(Product product) {
    this.product = product;
  }

  static boolean isOn(Connection connection) throws SQLException {
    return isSet(connection, "read_only");
  }

  boolean holdsEverybodyOff(Connection connection) throws SQLException {
    return product == Product.MYSQL && isSet(connection, "super_read_only");
  }

  /** Also if it is on: it may not have been kept. */
  void turnOn(Connection connection) throws SQLException {
    execute(connection, product.set() + "read_only = ON");
  }

  void turnOff(Connection connection) throws SQLException {
    if (product.persists()) {
      execute(connection, "RESET PERSIST IF EXISTS read_only");
    }
    execute(connection, "SET GLOBAL read_only = OFF");
  }

  private static boolean isSet(Connection connection, String variable) throws SQLException {
    String value = Rows.value(connection, "SELECT @@global." + variable).orElse("");
    return !Set.of("0", "OFF", "").contains(value);
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
