package io.understudy.applier.postgres;

import io.understudy.applier.Operation;
import io.understudy.applier.Refusals;
import io.understudy.applier.RowChange;
import io.understudy.applier.Targets;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Partition;
import io.understudy.journal.Relation;
import io.understudy.journal.Value;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * Runs a plan's steps on one connection, in its open transaction, and checks that every change
 * touches exactly one row.
 */
final class Execution {
  /** PostgreSQL's protocol counts parameters in 16 bits. */
  private static final int MAX_PARAMETERS = 32_767;

  /** From so many rows on, a COPY is faster than statements with parameters. */
  private static final int LEAST_ROWS_TO_COPY = 64;

  private static final int MAX_ROWS_PER_CHECK = 128;
  private static final int MAX_BATCH = 1_000;
  private static final int[] NONE = {};

  private final Connection connection;
  private final Failures failures;
  private final Refusals refusals;
  private final Targets<StandbyTable, Target> targets;
  private final Staged staged;

  Execution(
      Connection connection,
      Failures failures,
      Refusals refusals,
      Targets<StandbyTable, Target> targets) {
    this.connection = connection;
    this.failures = failures;
    this.refusals = refusals;
    this.targets = targets;
    this.staged = new Staged(connection);
  }

  /** The transaction is over. */
  void forget() {
    staged.forget();
  }

  /**
   * @throws CollisionException if a constraint objects that may not, were the changes run one by
   *     one and rows moved out of the way
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
        requireAll(target, run.rows().size(), insert(target, run.rows()));
      } else if (Staged.takes(target, run.rows())) {
        stage(target, run.rows());
      } else {
        for (List<RowChange> part : parts(run.rows(), MAX_BATCH)) {
          change(target, part);
        }
      }
      if (run.first().operation() != Operation.DELETE) {
        checkUnenforced(target, run.rows());
      }
    } catch (SQLException e) {
      CollisionException.check(e);
      throw failures.of(
          Refusals.describe(run.first().operation(), target.relation()),
          e,
          parameter -> column(target, run.first(), parameter));
    }
  }

  /** The column that a parameter, counted from 0, is for. */
  private static String column(Target target, RowChange change, int parameter) {
    int[] columns =
        change.operation() == Operation.INSERT
            ? target.written()
            : IntStream.concat(
                    IntStream.of(
                        change.operation() == Operation.UPDATE
                            ? target.assigned(change.unchanged())
                            : NONE),
                    IntStream.of(target.identifying()))
                .toArray();
    return target.relation().columns().get(columns[parameter % columns.length]).name();
  }

  /** Returns how many rows the standby took. */
  private long insert(Target target, List<RowChange> rows) throws SQLException {
    boolean copied = rows.size() >= LEAST_ROWS_TO_COPY || rows.stream().anyMatch(Large::is);
    return copied && target.written().length > 0
        ? copy(target, rows)
        : insertByStatements(target, rows);
  }

  /** Inserts in statements of a few fixed sizes, so that the server knows them already. */
  private long insertByStatements(Target target, List<RowChange> rows) throws SQLException {
    int width = target.written().length;
    int most = width == 0 ? 1 : Math.min(MAX_PARAMETERS / width, LEAST_ROWS_TO_COPY);
    int size = Integer.highestOneBit(most);
    long count = 0;
    int from = 0;
    while (from < rows.size()) {
      while (size > rows.size() - from) {
        size /= 2;
      }
      try (PreparedStatement statement = connection.prepareStatement(target.insert(size))) {
        Binding binding = new Binding(statement, target);
        for (RowChange row : rows.subList(from, from + size)) {
          binding.values(target.written(), row.values());
        }
        count += statement.executeUpdate();
      }
      from += size;
    }
    return count;
  }

  private long copy(Target target, List<RowChange> rows) throws SQLException {
    CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(target.copy());
    try {
      CopyLines lines = new CopyLines(copy);
      for (RowChange row : rows) {
        lines.values(target.written(), row.values()).end();
      }
      lines.flush();
      return copy.endCopy();
    } finally {
      if (copy.isActive()) {
        copy.cancelCopy();
      }
    }
  }

  private void requireAll(Target target, long given, long taken) {
    if (taken != given) {
      throw refusals.rowsSwallowed(target.relation(), taken, given);
    }
  }

  /** Checks, once a run is done, the unique keys that the server does not. */
  private void checkUnenforced(Target target, List<RowChange> rows)
      throws SQLException, CollisionException {
    for (StandbyTable.UniqueKey key : target.unenforced()) {
      int[] columns = target.columns(key.columns());
      for (List<RowChange> part : parts(rows, MAX_ROWS_PER_CHECK)) {
        try (PreparedStatement statement =
            connection.prepareStatement(target.duplicates(columns, part.size()))) {
          Binding binding = new Binding(statement, target);
          for (RowChange row : part) {
            if (IntStream.of(columns).anyMatch(i -> row.after(i) instanceof Value.Unchanged)) {
              throw new CollisionException(); // nobody knows; the careful way finds out
            }
            binding.after(columns, row);
          }
          try (ResultSet found = statement.executeQuery()) {
            if (found.next()) {
              throw new CollisionException();
            }
          }
        }
      }
    }
  }

  private static List<List<RowChange>> parts(List<RowChange> rows, int size) {
    List<List<RowChange>> parts = new ArrayList<>();
    for (int from = 0; from < rows.size(); from += size) {
      parts.add(rows.subList(from, Math.min(from + size, rows.size())));
    }
    return parts;
  }

  /** Updates or deletes, by one statement. */
  private void stage(Target target, List<RowChange> rows) throws SQLException, CollisionException {
    RowChange first = rows.get(0);
    requireUpdatable(target, first);
    int missing = staged.run(target, rows);
    if (missing == 1 && rows.size() == 1 && target.expected(first.unchanged()).length == 0) {
      throw refusals.rowMissing(first.operation(), target.relation());
    }
    if (missing != 0) {
      throw new CollisionException();
    }
  }

  /** Updates or deletes, by a statement each. */
  private void change(Target target, List<RowChange> rows) throws SQLException, CollisionException {
    RowChange first = rows.get(0);
    boolean update = first.operation() == Operation.UPDATE;
    requireUpdatable(target, first);
    String sql = update ? target.update(first.unchanged()) : target.delete();
    int[] assigned = update ? target.assigned(first.unchanged()) : NONE;
    int[] expected = update ? target.expected(first.unchanged()) : NONE;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (RowChange row : rows) {
        new Binding(statement, target)
            .values(assigned, row.values())
            .values(target.identifying(), row.identity())
            .values(expected, row.values());
        if (rows.size() > 1) {
          statement.addBatch();
        }
      }
      int[] counts =
          rows.size() > 1 ? statement.executeBatch() : new int[] {statement.executeUpdate()};
      for (int count : counts) {
        if (count == 0 && expected.length == 0) {
          throw refusals.rowMissing(first.operation(), target.relation());
        }
        if (count != 1) {
          throw new CollisionException();
        }
      }
    }
  }

  private static void requireUpdatable(Target target, RowChange first) throws CollisionException {
    if (first.operation() == Operation.UPDATE && !target.takesUpdates()) {
      throw new CollisionException();
    }
  }

  private void empty(List<Relation> relations) throws SQLException {
    List<String> tables = new ArrayList<>();
    List<String> statements = new ArrayList<>();
    for (Relation relation : relations) {
      Target target = targets.of(relation);
      if (target.redirected()) {
        statements.add(emptying(target));
      } else {
        tables.add(target.only());
      }
    }
    if (!tables.isEmpty()) {
      statements.add("TRUNCATE " + String.join(", ", tables));
    }
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      String names =
          relations.stream().map(r -> r.table().toString()).collect(Collectors.joining(", "));
      throw failures.of("truncate of " + names, e);
    }
  }

  /** A truncate of a partition, in other words. */
  private static String emptying(Target target) {
    Partition partition = target.relation().partition().orElseThrow();
    if (StandbyTable.isHashed(partition)) {
      throw new MirrorException.Operator(
          "truncate of "
              + target.relation().table()
              + ": the standby lacks this hash partition of "
              + partition.root()
              + ", and cannot tell which rows were in it",
          "give "
              + partition.root()
              + " the same partitions on the standby as on the source, then start again");
    }
    return "DELETE FROM " + target.only() + " WHERE " + partition.constraint();
  }
}
