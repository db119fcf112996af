package io.understudy.applier.mysql;

import io.understudy.applier.Operation;
import io.understudy.applier.Refusals;
import io.understudy.applier.RowChange;
import io.understudy.applier.Targets;
import io.understudy.journal.Relation;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * Runs a plan's steps on one connection, in its open transaction, and checks that every change
 * touches exactly one row of its table; rows that foreign keys change along are not counted. The
 * order within a run is that of its rows, also within one statement: the server checks each row as
 * it comes.
 */
final class Execution {
  private static final int MAX_ROWS = 500;

  /** What one statement may take of the server's packet. */
  private static final int MAX_CHARACTERS = 512 * 1024;

  private final Targets<StandbyTable, Target> targets;
  private final Pipeline pipeline;

  Execution(
      Connection connection,
      Failures failures,
      Refusals refusals,
      Targets<StandbyTable, Target> targets) {
    this.targets = targets;
    this.pipeline = new Pipeline(connection, failures, refusals);
  }

  /** Leaves the session strict and checking foreign keys, unless it fails. */
  void run(Plan plan) throws SQLException {
    boolean done = false;
    try {
      for (Plan.Step step : plan.steps()) {
        if (step instanceof Plan.Run run) {
          run(run);
        } else if (step instanceof Plan.Emptying emptying) {
          for (Relation relation : emptying.tables()) {
            empty(relation);
          }
        }
      }
      settle();
      done = true;
    } finally {
      if (!done) {
        pipeline.forget();
      }
    }
  }

  /** Sends what waits, and has the session as it was in the beginning, also after a failure. */
  void settle() throws SQLException {
    pipeline.check(true);
    pipeline.flush();
  }

  private void run(Plan.Run run) throws SQLException {
    Target target = targets.of(run.first().relation());
    pipeline.check(run.first().checked());
    if (run.first().operation() == Operation.INSERT) {
      add(target, run.rows());
      return;
    }
    for (RowChange row : run.rows()) {
      boolean update = row.operation() == Operation.UPDATE;
      String sql = update ? target.update(row) : target.delete(row);
      pipeline.add(sql, row.operation(), target.relation(), 1);
      if (update) {
        invalidate(target, row);
      }
    }
  }

  /** Inserts rows, whatever the session's setting of foreign keys. */
  void insert(Target target, List<RowChange> rows) throws SQLException {
    add(target, rows);
    pipeline.flush();
  }

  private void add(Target target, List<RowChange> rows) throws SQLException {
    StringBuilder sql = new StringBuilder();
    int first = 0;
    for (int i = 0; i < rows.size(); i++) {
      String literals = target.row(rows.get(i).values());
      boolean full = i - first == MAX_ROWS || sql.length() + literals.length() > MAX_CHARACTERS;
      if (full && i > first) {
        add(target, sql, rows.subList(first, i));
        first = i;
      }
      if (i == first) {
        sql.setLength(0);
        sql.append(target.insert()).append(literals);
      } else {
        sql.append(',').append(literals);
      }
    }
    add(target, sql, rows.subList(first, rows.size()));
  }

  private void add(Target target, StringBuilder sql, List<RowChange> rows) throws SQLException {
    pipeline.add(sql.toString(), Operation.INSERT, target.relation(), rows.size());
    for (RowChange row : rows) {
      invalidate(target, row);
    }
  }

  private void invalidate(Target target, RowChange row) throws SQLException {
    Optional<String> sql = target.invalidate(row);
    if (sql.isPresent()) {
      pipeline.notStrict();
      pipeline.add(sql.get(), row.operation(), target.relation(), 1);
      pipeline.strict();
    }
  }

  /**
   * TRUNCATE would commit. Like that, this leaves rows of other tables alone, whatever their
   * foreign keys say.
   */
  private void empty(Relation relation) throws SQLException {
    pipeline.check(false);
    pipeline.add(targets.of(relation).deleteAll());
  }
}
