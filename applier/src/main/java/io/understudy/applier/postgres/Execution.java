package io.understudy.applier.postgres;

import io.understudy.journal.DatabaseName;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Relation;
import io.understudy.journal.Row;
import io.understudy.journal.Value;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.List;
import java.util.stream.Collectors;
import org.postgresql.util.ServerErrorMessage;

/**
 * Runs a plan's steps on one connection, in its open transaction, and checks that every change
 * touches exactly one row. Values are bound without a type, so that the server reads them as it
 * reads literals.
 */
final class Execution {
  /** PostgreSQL's protocol counts parameters in 16 bits. */
  private static final int MAX_PARAMETERS = 32_767;

  private static final int MAX_ROWS_PER_INSERT = 512;
  private static final int MAX_BATCH = 1_000;

  private final DatabaseName database;
  private final Connection connection;
  private final Failures failures;
  private final Targets targets;

  Execution(DatabaseName database, Connection connection, Failures failures) {
    this.database = database;
    this.connection = connection;
    this.failures = failures;
    this.targets = new Targets(database, connection);
  }

  /**
   * @throws CollisionException if a constraint objects that may not, were the changes run one by
   *     one; the transaction can only be rolled back then
   */
  void run(Plan plan) throws SQLException, CollisionException {
    for (Plan.Step step : plan.steps()) {
      if (step instanceof Plan.Run run) {
        run(run);
      } else if (step instanceof Plan.Emptying emptying) {
        empty(emptying.tables());
      }
    }
  }

  private void run(Plan.Run run) throws SQLException, CollisionException {
    Target target = targets.of(run.first().relation());
    try {
      if (run.first().operation() == Operation.INSERT) {
        insert(target, run.rows());
      } else {
        for (int from = 0; from < run.rows().size(); from += MAX_BATCH) {
          int to = Math.min(from + MAX_BATCH, run.rows().size());
          change(target, run.rows().subList(from, to));
        }
      }
    } catch (SQLException e) {
      String state = Failures.state(e);
      if (state.equals(Failures.UNIQUE_VIOLATION) || state.equals(Failures.EXCLUSION_VIOLATION)) {
        throw new CollisionException(e);
      }
      throw failures.of(describe(run.first().operation(), target), e);
    }
  }

  /** Inserts in statements of a few fixed sizes, so that the server knows them already. */
  private void insert(Target target, List<RowChange> rows) throws SQLException {
    int most = MAX_PARAMETERS / Math.max(1, target.written().length);
    int size = target.written().length == 0 ? 1 : Math.min(most, MAX_ROWS_PER_INSERT);
    size = Integer.highestOneBit(size);
    int from = 0;
    while (from < rows.size()) {
      while (size > rows.size() - from) {
        size /= 2;
      }
      try (PreparedStatement statement = connection.prepareStatement(target.insert(size))) {
        int parameter = 1;
        for (RowChange row : rows.subList(from, from + size)) {
          parameter = bind(statement, parameter, target.written(), row.values(), target);
        }
        int count = statement.executeUpdate();
        if (count != size) {
          throw new MirrorException.Invariant(
              database
                  + ": "
                  + describe(Operation.INSERT, target)
                  + ": the standby took "
                  + count
                  + " rows of "
                  + size,
              "look for a trigger or rule on the standby's table that swallows rows, and drop it");
        }
      }
      from += size;
    }
  }

  private void change(Target target, List<RowChange> rows) throws SQLException, CollisionException {
    RowChange first = rows.get(0);
    boolean update = first.operation() == Operation.UPDATE;
    String sql = update ? target.update(first.unchanged()) : target.delete();
    int[] assigned = update ? target.assigned(first.unchanged()) : new int[0];
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (RowChange row : rows) {
        int parameter = 1;
        if (update) {
          parameter = bind(statement, parameter, assigned, row.values(), target);
        }
        bind(statement, parameter, target.identifying(), row.identity(), target);
        if (rows.size() > 1) {
          statement.addBatch();
        }
      }
      int[] counts =
          rows.size() > 1 ? statement.executeBatch() : new int[] {statement.executeUpdate()};
      for (int count : counts) {
        requireOne(count, first.operation(), target);
      }
    }
  }

  private void requireOne(int count, Operation operation, Target target) throws CollisionException {
    if (count > 1) {
      throw new CollisionException(null);
    }
    if (count == 0) {
      throw new MirrorException.Invariant(
          "row missing on " + database + ": " + describe(operation, target), diverged());
    }
  }

  private void empty(List<Relation> relations) throws SQLException {
    StringBuilder tables = new StringBuilder();
    for (Relation relation : relations) {
      tables.append(tables.isEmpty() ? "" : ", ").append(targets.of(relation).only());
    }
    try (Statement statement = connection.createStatement()) {
      statement.execute("TRUNCATE " + tables);
    } catch (SQLException e) {
      String names =
          relations.stream().map(r -> r.table().toString()).collect(Collectors.joining(", "));
      throw failures.of("truncate of " + names, e);
    }
  }

  /** Returns the number of the next parameter. */
  private int bind(
      PreparedStatement statement, int parameter, int[] columns, Row row, Target target)
      throws SQLException {
    int next = parameter;
    for (int column : columns) {
      Value value = row.get(column);
      if (value instanceof Value.Text text) {
        statement.setObject(next, text.text(), Types.OTHER);
      } else if (value instanceof Value.Bytes bytes) {
        statement.setBytes(next, bytes.bytes());
      } else if (value instanceof Value.Null) {
        statement.setNull(next, Types.NULL);
      } else {
        throw new MirrorException.Invariant(
            "the journal lacks the value of column "
                + target.relation().columns().get(column).name()
                + " of table "
                + target.relation().table()
                + " that a change needs",
            "report this: the reader wrote an incomplete change");
      }
      next++;
    }
    return next;
  }

  /** What to say when a row that should not be there is. */
  MirrorException collided(RowChange change, CollisionException e) throws SQLException {
    Target target = targets.of(change.relation());
    String what = describe(change.operation(), target);
    if (e.getCause() instanceof SQLException cause) {
      String constraint =
          Failures.server(cause)
              .map(ServerErrorMessage::getConstraint)
              .orElse("a unique constraint");
      return new MirrorException.Invariant(
          "row already there on " + database + ": " + what + ", by constraint " + constraint,
          diverged());
    }
    return new MirrorException.Invariant(
        "several rows for one change on " + database + ": " + what, diverged());
  }

  private String diverged() {
    return "the standby has diverged, nothing of this transaction was applied: find out who wrote"
        + " to "
        + database
        + ", then make it anew with `understudy init --again`";
  }

  private static String describe(Operation operation, Target target) {
    return operation + " " + target.relation().table() + " (" + target.identity() + ")";
  }
}
