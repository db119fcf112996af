package io.understudy.benchmarks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Work of an ordinary application: orders of six columns, in transactions of 1 to 20 rows, every
 * twentieth of up to 1,000, and one in 2,000 of 20,000; of ten rows seven are inserted, two updated
 * and one deleted. Always the same from the same seed.
 */
final class Backlog {
  private static final String[] TABLES = {
    """
    CREATE TABLE orders (
      id bigint PRIMARY KEY, customer int NOT NULL, placed timestamptz NOT NULL,
      amount numeric(12,2) NOT NULL, state text NOT NULL, note text)
    """,
    """
    CREATE PROCEDURE work(wanted int) LANGUAGE plpgsql AS $$
    DECLARE
      done int := 0; next bigint := 1; n int; hit int; pick float8;
    BEGIN
      PERFORM setseed(0.4);
      WHILE done < wanted LOOP
        pick := random();
        n := CASE WHEN pick < 0.0005 THEN 20000
                  WHEN pick < 0.05 THEN 1 + (random() * 999)::int
                  ELSE 1 + (random() * 19)::int END;
        INSERT INTO orders
          SELECT i, (i * 7919) % 10000, now(), (i % 100000) / 100.0, 'new', repeat('x', (i % 60)::int)
            FROM generate_series(next, next + n * 7 / 10) i;
        GET DIAGNOSTICS hit = ROW_COUNT;
        done := done + hit;
        UPDATE orders SET state = 'paid', amount = amount + 1
         WHERE id BETWEEN next - n * 2 / 10 AND next - 1;
        GET DIAGNOSTICS hit = ROW_COUNT;
        done := done + hit;
        DELETE FROM orders WHERE id BETWEEN next - n * 3 / 10 AND next - n * 2 / 10 - 1;
        GET DIAGNOSTICS hit = ROW_COUNT;
        done := done + hit;
        next := next + n * 7 / 10 + 1;
        COMMIT;
      END LOOP;
    END $$
    """
  };

  private Backlog() {}

  static void prepare(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : TABLES) {
        statement.execute(sql);
      }
    }
  }

  /**
   * Returns the bytes of log that it took.
   *
   * @param rows how many row changes at least
   */
  static long make(Connection connection, int rows) throws SQLException {
    long before = logEnd(connection);
    try (PreparedStatement call = connection.prepareStatement("CALL work(?)")) {
      call.setInt(1, rows);
      call.execute();
    }
    return logEnd(connection) - before;
  }

  /** So that the same work can be done once more. */
  static void empty(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("TRUNCATE orders");
    }
  }

  private static long logEnd(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn")) {
      row.next();
      return row.getLong(1);
    }
  }
}
