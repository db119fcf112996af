package io.understudy.app.demo;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;

/**
 * The demo's schema: accounts, and the transfers between them. Whatever is transferred, the
 * balances add up to the same sum, and each account's balance is what its transfers make of it. Any
 * state that breaks this never was the state after a commit.
 */
final class Bank {
  static final int ACCOUNTS = 1000;
  static final long OPENING_BALANCE = 1000;
  static final long SUM = ACCOUNTS * OPENING_BALANCE;

  private Bank() {}

  static void createTables(Connection connection, Stage stage) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE account (id integer PRIMARY KEY, balance bigint NOT NULL)");
      statement.execute(
          "CREATE TABLE transfer (id bigint PRIMARY KEY, source integer NOT NULL, target integer NOT NULL,"
              + " amount bigint NOT NULL, made "
              + stage.timestamp()
              + " NOT NULL, FOREIGN KEY (source) REFERENCES account (id),"
              + " FOREIGN KEY (target) REFERENCES account (id))");
    }
  }

  static void openAccounts(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO account VALUES (?, ?)")) {
      for (int id = 1; id <= ACCOUNTS; id++) {
        insert.setInt(1, id);
        insert.setLong(2, OPENING_BALANCE);
        insert.addBatch();
      }
      insert.executeBatch();
    }
    connection.commit();
  }

  /**
   * Runs one transfer in one transaction; returns once the database has acknowledged the commit.
   */
  static void transfer(Connection connection, Transfer transfer) throws SQLException {
    connection.setAutoCommit(false);
    // In the order of the ids, so that two transfers never wait for each other.
    boolean fromFirst = transfer.from() < transfer.to();
    add(connection, fromFirst ? transfer.from() : transfer.to(), fromFirst, transfer.amount());
    add(connection, fromFirst ? transfer.to() : transfer.from(), !fromFirst, transfer.amount());
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO transfer VALUES (?, ?, ?, ?, current_timestamp)")) {
      insert.setLong(1, transfer.id());
      insert.setInt(2, transfer.from());
      insert.setInt(3, transfer.to());
      insert.setLong(4, transfer.amount());
      insert.executeUpdate();
    }
    connection.commit();
  }

  private static void add(Connection connection, int account, boolean takes, long amount)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE account SET balance = balance + ? WHERE id = ?")) {
      update.setLong(1, takes ? -amount : amount);
      update.setInt(2, account);
      update.executeUpdate();
    }
  }

  /**
   * What one snapshot of a bank shows: the sum of the balances, and how many transfers made them.
   */
  record Glance(long sum, long transfers) {
    boolean addsUp() {
      return sum == SUM;
    }
  }

  static Glance glance(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT (SELECT coalesce(sum(balance), 0) FROM account), (SELECT count(*) FROM transfer)")) {
      row.next();
      return new Glance(row.getLong(1), row.getLong(2));
    }
  }

  static Map<Integer, Long> balances(Connection connection) throws SQLException {
    Map<Integer, Long> balances = new TreeMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT id, balance FROM account")) {
      while (row.next()) {
        balances.put(row.getInt(1), row.getLong(2));
      }
    }
    return balances;
  }

  static Map<Long, Transfer> transfers(Connection connection) throws SQLException {
    Map<Long, Transfer> transfers = new TreeMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT id, source, target, amount FROM transfer")) {
      while (row.next()) {
        transfers.put(
            row.getLong(1),
            new Transfer(row.getLong(1), row.getInt(2), row.getInt(3), row.getLong(4)));
      }
    }
    return transfers;
  }
}
