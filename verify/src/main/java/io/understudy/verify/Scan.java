package io.understudy.verify;

import io.understudy.journal.postgres.Printing;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;

/**
 * One session that reads one side. Holds locks on a table, the weakest there are, for the time of a
 * statement only, so that a {@code TRUNCATE} never waits longer; and finds out behind each
 * statement whether one has come in between. Rests after each statement as the load allows. Owned
 * by one thread at a time.
 */
final class Scan implements AutoCloseable {
  /** Of a table that is gone. */
  private static final String UNDEFINED_TABLE = "42P01";

  private static final String UNDEFINED_COLUMN = "42703";

  private final String side;
  private final Connection connection;
  private final int maxLoad;

  /**
   * @param side for messages: the source, or the standby
   * @param connection belongs to this from here on
   */
  Scan(String side, Connection connection, int maxLoad) throws SQLException {
    this.side = side;
    this.connection = connection;
    this.maxLoad = maxLoad;
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          Printing.SETTINGS
              + "; SET row_security = off; SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0"
              + "; SET max_parallel_workers_per_gather = 0; SET jit = off"
              + "; SET lock_timeout = '60s'");
    }
  }

  Connection connection() {
    return connection;
  }

  /** What to do with a query's rows. */
  interface Reading<R> {
    R read(ResultSet rows) throws SQLException;
  }

  /**
   * Runs one query that reads a table.
   *
   * @param values bound in order, without a type, as literals are; arrays and numbers by theirs
   */
  <R> R query(Shape shape, String sql, Object[] values, Reading<R> reading)
      throws SQLException, RewrittenException, InterruptedException {
    long began = System.nanoTime();
    Savepoint before = connection.setSavepoint();
    R result;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setFetchSize(5_000);
      for (int i = 0; i < values.length; i++) {
        bind(statement, i + 1, values[i]);
      }
      try (ResultSet rows = statement.executeQuery()) {
        result = reading.read(rows);
      }
      requireAsItWas(shape);
    } catch (SQLException e) {
      String state = e.getSQLState();
      if (UNDEFINED_TABLE.equals(state) || UNDEFINED_COLUMN.equals(state)) {
        connection.rollback(before);
        throw new RewrittenException(
            shape.table() + " was changed on " + side + " while it was compared");
      }
      throw e;
    }
    connection.rollback(before);
    connection.releaseSavepoint(before);
    rest(System.nanoTime() - began);
    return result;
  }

  private void bind(PreparedStatement statement, int index, Object value) throws SQLException {
    if (value instanceof String text) {
      statement.setObject(index, text, java.sql.Types.OTHER);
    } else if (value instanceof Long number) {
      statement.setLong(index, number);
    } else {
      statement.setArray(index, connection.createArrayOf("bigint", (Object[]) value));
    }
  }

  /**
   * The catalog as the snapshot has it names the file that held the rows; the server knows which
   * one does now.
   */
  private void requireAsItWas(Shape shape) throws SQLException, RewrittenException {
    String sql =
        "SELECT count(*) FROM unnest(?::oid[]) o (oid) LEFT JOIN pg_class c ON c.oid = o.oid"
            + " WHERE c.relfilenode IS DISTINCT FROM pg_relation_filenode(o.oid)";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setArray(1, connection.createArrayOf("bigint", shape.oids().toArray()));
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        if (row.getLong(1) > 0) {
          throw new RewrittenException(
              shape.table() + " was emptied or rewritten on " + side + " while it was compared");
        }
      }
    }
  }

  private void rest(long busyNanos) throws InterruptedException {
    long nanos = busyNanos * (100 - maxLoad) / maxLoad;
    if (nanos > 0) {
      Thread.sleep(nanos / 1_000_000, (int) (nanos % 1_000_000));
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
