package io.understudy.applier.mysql;

import io.understudy.applier.Operation;
import io.understudy.applier.Refusals;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Relation;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Sends statements of any kind together, so that none waits for the answer to the one before, and
 * checks the count of rows in each answer. The server runs them in their order; after one that
 * fails it goes on with the others, so whoever sees an exception has to roll back. Switches {@code
 * foreign_key_checks} where statements ask for it.
 */
final class Pipeline {
  /** Nobody reads the answers before all is sent, so these must fit into the sockets' buffers. */
  private static final int MAX_STATEMENTS = 500;

  private static final long MAX_CHARACTERS = 512 * 1024;
  private static final int ANY = -1;

  /**
   * @param relation null if the statement is not about rows
   * @param rows that it must touch
   */
  private record Sent(String sql, Operation operation, Relation relation, int rows) {}

  private final Connection connection;
  private final Failures failures;
  private final Refusals refusals;
  private final List<Sent> waiting = new ArrayList<>();
  private long characters;

  /** Whether the session checks foreign keys once what waits has run; empty if all is unknown. */
  private Optional<Boolean> checked = Optional.of(true);

  Pipeline(Connection connection, Failures failures, Refusals refusals) {
    this.connection = connection;
    this.failures = failures;
    this.refusals = refusals;
  }

  /** Statements from here on have foreign keys checked, and their cascades run, or not. */
  void check(boolean foreignKeys) throws SQLException {
    if (!checked.equals(Optional.of(foreignKeys))) {
      String set = "SET SESSION foreign_key_checks = " + (foreignKeys ? "1" : "0");
      add(checked.isPresent() ? set : set + ", " + Pool.STRICT);
      checked = Optional.of(foreignKeys);
    }
  }

  /** Statements from here on may write what is not valid, until {@link #strict}. */
  void notStrict() throws SQLException {
    add("SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES'");
  }

  void strict() throws SQLException {
    add("SET " + Pool.STRICT);
  }

  /** Adds a statement that must touch {@code rows} rows of its table. */
  void add(String sql, Operation operation, Relation relation, int rows) throws SQLException {
    waiting.add(new Sent(sql, operation, relation, rows));
    characters += sql.length();
    if (waiting.size() == MAX_STATEMENTS || characters > MAX_CHARACTERS) {
      flush();
    }
  }

  /** Adds a statement that may touch any number of rows. */
  void add(String sql) throws SQLException {
    add(sql, null, null, ANY);
  }

  /** Runs what waits. */
  void flush() throws SQLException {
    if (waiting.isEmpty()) {
      return;
    }
    List<Sent> sent = List.copyOf(waiting);
    waiting.clear();
    characters = 0;
    boolean done = false;
    try (Statement statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      for (Sent each : sent) {
        statement.addBatch(each.sql());
      }
      require(sent, statement.executeBatch());
      done = true;
    } catch (BatchUpdateException e) {
      throw firstFailure(sent, e);
    } finally {
      if (!done) {
        forget();
      }
    }
  }

  /** What waits is not to be run. What the session's settings are will not be known then. */
  void forget() {
    waiting.clear();
    characters = 0;
    checked = Optional.empty();
  }

  private void require(List<Sent> sent, int[] counts) {
    if (counts.length != sent.size()) {
      throw new IllegalStateException(counts.length + " counts of " + sent.size() + " statements");
    }
    for (int i = 0; i < counts.length; i++) {
      require(sent.get(i), counts[i]);
    }
  }

  private void require(Sent sent, int count) {
    if (sent.rows() == ANY || count == sent.rows()) {
      return;
    }
    if (sent.operation() == Operation.INSERT) {
      throw refusals.rowsSwallowed(sent.relation(), count, sent.rows());
    }
    if (count < sent.rows()) {
      throw refusals.rowMissing(sent.operation(), sent.relation());
    }
    throw refusals.severalRows(sent.operation(), sent.relation());
  }

  /** What went wrong first may have been a count. */
  private MirrorException firstFailure(List<Sent> sent, BatchUpdateException e) {
    int[] counts = e.getUpdateCounts();
    for (int i = 0; counts != null && i < Math.min(counts.length, sent.size()); i++) {
      Sent each = sent.get(i);
      if (counts[i] == Statement.EXECUTE_FAILED) {
        return each.operation() == null
            ? failures.of("applying changes", e)
            : failures.of(each.operation(), each.relation(), e);
      }
      require(each, counts[i]);
    }
    return failures.of("applying changes", e);
  }
}
