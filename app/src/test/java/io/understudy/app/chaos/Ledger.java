package io.understudy.app.chaos;

import io.understudy.app.harness.Dialect;
import io.understudy.app.harness.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
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

  private static final String TABLES =
      """
      CREATE TABLE ledger_turn (id int PRIMARY KEY, number bigint NOT NULL);
      CREATE TABLE ledger (number bigint PRIMARY KEY, client int NOT NULL, step bigint NOT NULL,
                           token text NOT NULL, announced int NOT NULL);
      CREATE TABLE ledger_client (client int PRIMARY KEY, steps bigint NOT NULL);
      CREATE TABLE ledger_line (number bigint, line int, filler text, PRIMARY KEY (number, line));
      CREATE TABLE ledger_noise (kind int, note text);
      """;

  static final String ROWS =
      """
      INSERT INTO ledger_turn VALUES (1, 0);
      INSERT INTO ledger_client SELECT n - 1, 0 FROM %s;
      """
          .formatted(Sql.numbers(CLIENTS));

  private final Dialect dialect;
  private final int client;
  private final History history;
  private final Random random;

  Ledger(Dialect dialect, int client, History history, long seed) {
    this.dialect = dialect;
    this.client = client;
    this.history = history;
    this.random = new Random(seed * 31 + client);
  }

  static String tables(Dialect dialect) {
    return TABLES + dialect.keyless("ledger_noise") + ";";
  }

  /** Runs one transaction on {@code connection}, which has auto-commit off. */
  void transaction(Connection connection) throws SQLException {
    String token = client + "-" + Long.toHexString(random.nextLong());
    boolean rollBack = random.nextInt(20) == 0;
    int lines = random.nextInt(50) == 0 ? 500 + random.nextInt(1_500) : random.nextInt(4);
    history.intent(token);
    Sql.run(connection, "UPDATE ledger_turn SET number = number + 1");
    long number = Sql.number(connection, "SELECT number FROM ledger_turn");
    String mine = " WHERE client = " + client;
    Sql.run(connection, "UPDATE ledger_client SET steps = steps + 1" + mine);
    long step = Sql.number(connection, "SELECT steps FROM ledger_client" + mine);
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
    Savepoint savepoint = connection.setSavepoint();
    Sql.run(connection, insertLines(number, lines + 1));
    connection.rollback(savepoint);
    Sql.run(connection, insertLines(number, lines));
  }

  private static String insertLines(long number, int lines) {
    return "INSERT INTO ledger_line SELECT %d, n, repeat('line ', 10) FROM %s"
        .formatted(number, Sql.numbers(lines));
  }

  private void noise(Connection connection) throws SQLException {
    String sql =
        switch (random.nextInt(5)) {
          case 0, 1 -> "INSERT INTO ledger_noise VALUES (" + random.nextInt(3) + ", NULL)";
          case 2 -> "INSERT INTO ledger_noise SELECT kind, note FROM ledger_noise LIMIT 1";
          case 3 -> ofFirst("UPDATE ledger_noise SET kind = kind + 1, note = 'x'");
          default -> ofFirst("DELETE FROM ledger_noise");
        };
    Sql.run(connection, sql);
  }

  private String ofFirst(String statement) {
    return dialect.ofFirst(statement, "ledger_noise", "kind");
  }
}
