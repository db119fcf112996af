package io.understudy.app.chaos;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.Random;

/**
 * The tables in which a lost, doubled, torn or reordered transaction shows. Every transaction draws
 * the next number from a single row that it keeps locked until its commit, so numbers are dense and
 * in the order of the source's log. It inserts a row with that number and a token nobody else ever
 * used, raises its client's counter, and adds as many lines as its row announces. Some also touch a
 * table without a key that is full of duplicates.
 */
final class Ledger {
  static final int CLIENTS = 4;

  static final String TABLES =
      """
      CREATE TABLE ledger_turn (id int PRIMARY KEY, number bigint NOT NULL);
      CREATE TABLE ledger (number bigint PRIMARY KEY, client int NOT NULL, step bigint NOT NULL,
                           token text NOT NULL, lines int NOT NULL);
      CREATE TABLE ledger_client (client int PRIMARY KEY, steps bigint NOT NULL);
      CREATE TABLE ledger_line (number bigint, line int, filler text, PRIMARY KEY (number, line));
      CREATE TABLE ledger_noise (kind int, note text);
      ALTER TABLE ledger_noise REPLICA IDENTITY FULL;
      """;

  static final String ROWS =
      """
      INSERT INTO ledger_turn VALUES (1, 0);
      INSERT INTO ledger_client SELECT c, 0 FROM generate_series(0, %d) c;
      """
          .formatted(CLIENTS - 1);

  private final int client;
  private final History history;
  private final Random random;

  Ledger(int client, History history, long seed) {
    this.client = client;
    this.history = history;
    this.random = new Random(seed * 31 + client);
  }

  /** Runs one transaction on {@code connection}, which has auto-commit off. */
  void transaction(Connection connection) throws SQLException {
    String token = client + "-" + Long.toHexString(random.nextLong());
    boolean rollBack = random.nextInt(20) == 0;
    int lines = random.nextInt(50) == 0 ? 500 + random.nextInt(1_500) : random.nextInt(4);
    history.intent(token);
    long number = number(connection, "UPDATE ledger_turn SET number = number + 1 RETURNING number");
    long step =
        number(
            connection,
            "UPDATE ledger_client SET steps = steps + 1 WHERE client = "
                + client
                + " RETURNING steps");
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO ledger VALUES (?, ?, ?, ?, ?)")) {
      insert.setLong(1, number);
      insert.setInt(2, client);
      insert.setLong(3, step);
      insert.setString(4, token);
      insert.setInt(5, lines);
      insert.executeUpdate();
    }
    lines(connection, number, lines);
    if (random.nextBoolean()) {
      noise(connection);
    }
    if (rollBack) {
      connection.rollback();
      history.rolledBack(token);
    } else {
      connection.commit();
      history.committed(token);
    }
  }

  private static void lines(Connection connection, long number, int lines) throws SQLException {
    String insert =
        "INSERT INTO ledger_line SELECT %d, l, repeat('line ', 10) FROM generate_series(1, %d) l";
    try (Statement statement = connection.createStatement()) {
      Savepoint savepoint = connection.setSavepoint();
      statement.executeUpdate(insert.formatted(number, lines + 1));
      connection.rollback(savepoint);
      statement.executeUpdate(insert.formatted(number, lines));
    }
  }

  private void noise(Connection connection) throws SQLException {
    String one = "(SELECT ctid FROM ledger_noise ORDER BY kind LIMIT 1 FOR UPDATE)";
    String sql =
        switch (random.nextInt(5)) {
          case 0, 1 -> "INSERT INTO ledger_noise VALUES (" + random.nextInt(3) + ", NULL)";
          case 2 -> "INSERT INTO ledger_noise SELECT kind, note FROM ledger_noise LIMIT 1";
          case 3 -> "UPDATE ledger_noise SET kind = kind + 1, note = 'x' WHERE ctid = " + one;
          default -> "DELETE FROM ledger_noise WHERE ctid = " + one;
        };
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }

  private static long number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }
}
