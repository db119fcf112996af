package io.understudy.applier.mysql;

import io.understudy.applier.Operation;
import io.understudy.applier.Refusals;
import io.understudy.applier.RowChange;
import io.understudy.journal.Relation;
import io.understudy.journal.Row;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * Runs a plan's steps on one connection, in its open transaction, and checks that every change
 * touches exactly one row. The order within a run is that of its rows, also within one statement:
 * the server checks each row as it comes.
 */
final class Execution {
  private static final int MAX_ROWS = 500;

  /** What one statement, or one batch of them, may take of the server's packet and our memory. */
  private static final long MAX_BYTES = 512 * 1024;

  private final Connection connection;
  private final Failures failures;
  private final Refusals refusals;
  private final Targets targets;

  Execution(Connection connection, Failures failures, Refusals refusals, Targets targets) {
    this.connection = connection;
    this.failures = failures;
    this.refusals = refusals;
    this.targets = targets;
  }

  void run(Plan plan) throws SQLException {
    for (Plan.Step step : plan.steps()) {
      if (step instanceof Plan.Run run) {
        run(run);
      } else if (step instanceof Plan.Emptying emptying) {
        for (Relation relation : emptying.tables()) {
          empty(relation);
        }
      }
    }
  }

  private void run(Plan.Run run) throws SQLException {
    Operation operation = run.first().operation();
    Target target = targets.of(run.first().relation());
    List<RowChange> rows = run.rows();
    try {
      for (int from = 0; from < rows.size(); ) {
        int to = end(rows, from);
        if (operation == Operation.INSERT) {
          insert(target, rows.subList(from, to).stream().map(RowChange::values).toList());
        } else {
          change(target, rows.subList(from, to));
        }
        from = to;
      }
    } catch (SQLException e) {
      throw failures.of(operation, target.relation(), e);
    }
  }

  /** Up to where rows go together; at least one does, however large. */
  private static int end(List<RowChange> rows, int from) {
    long bytes = size(rows.get(from));
    int to = from + 1;
    while (to < rows.size() && to - from < MAX_ROWS) {
      bytes += size(rows.get(to));
      if (bytes > MAX_BYTES) {
        break;
      }
      to++;
    }
    return to;
  }

  private static long size(RowChange row) {
    return (row.identity() == null ? 0 : row.identity().size())
        + (row.values() == null ? 0 : row.values().size());
  }

  /** One statement. */
  void insert(Target target, List<Row> rows) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(target.insert(rows.size()))) {
      int next = 1;
      for (Row row : rows) {
        next = target.bindInsert(statement, next, row);
      }
      long taken = statement.executeLargeUpdate();
      if (taken != rows.size()) {
        throw refusals.rowsSwallowed(target.relation(), taken, rows.size());
      }
    }
  }

  /** Updates or deletes, sent together, each answered by its own count. */
  private void change(Target target, List<RowChange> rows) throws SQLException {
    RowChange first = rows.get(0);
    boolean update = first.operation() == Operation.UPDATE;
    String sql = update ? target.update(first) : target.delete();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (RowChange row : rows) {
        if (update) {
          target.bindUpdate(statement, row);
        } else {
          target.bindDelete(statement, row);
        }
        if (rows.size() > 1) {
          statement.addBatch();
        }
      }
      int[] counts =
          rows.size() > 1 ? statement.executeBatch() : new int[] {statement.executeUpdate()};
      if (counts.length != rows.size()) {
        throw new IllegalStateException(counts.length + " counts of " + rows.size() + " changes");
      }
      for (int count : counts) {
        if (count == 0) {
          throw refusals.rowMissing(first.operation(), target.relation());
        }
        if (count != 1) {
          throw refusals.severalRows(first.operation(), target.relation());
        }
      }
    }
  }

  /**
   * TRUNCATE would commit. Like that, this leaves rows of other tables alone, whatever their
   * foreign keys say.
   */
  private void empty(Relation relation) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET SESSION foreign_key_checks = 0");
      try {
        statement.execute(targets.of(relation).deleteAll());
      } finally {
        statement.execute("SET SESSION foreign_key_checks = 1");
      }
    } catch (SQLException e) {
      throw failures.of("truncate of " + relation.table(), e);
    }
  }
}
