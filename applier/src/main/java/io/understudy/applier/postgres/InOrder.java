package io.understudy.applier.postgres;

import io.understudy.applier.Operation;
import io.understudy.applier.Refusals;
import io.understudy.applier.RowChange;
import io.understudy.applier.Targets;
import io.understudy.journal.Change;
import io.understudy.journal.Relation;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Runs changes one by one in the source's order, and gets through where rows change places: {@code
 * UPDATE t SET id = id + 1}, or two rows that swap a unique value. The source may check such a
 * constraint at the end of its statement or transaction; here, every change is a statement. A row
 * that stands where another has to go is set {@link Aside} until its own change comes. If none
 * comes, the standby has diverged.
 */
final class InOrder {
  /** A change cannot collide more often than its table has unique indexes. */
  private static final int MAX_COLLISIONS = 100;

  private static final String INDEX_COLUMNS =
      """
      SELECT array_agg(a.attname::text ORDER BY k.n)
        FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_index i ON i.indexrelid = c.oid
       CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k(attnum, n)
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
       WHERE n.nspname = ? AND c.relname = ? AND i.indisunique AND i.indexprs IS NULL
         AND k.n <= i.indnkeyatts""";

  private final Connection connection;
  private final Failures failures;
  private final Refusals refusals;
  private final Targets<StandbyTable, Target> targets;
  private final Execution execution;
  private final Aside aside;

  /** The first row that was set aside and still waits, or was the last to do so. */
  private Obstruction first;

  InOrder(
      Connection connection,
      Failures failures,
      Refusals refusals,
      Targets<StandbyTable, Target> targets,
      Execution execution) {
    this.connection = connection;
    this.failures = failures;
    this.refusals = refusals;
    this.targets = targets;
    this.execution = execution;
    this.aside = new Aside(connection);
  }

  /** Whether rows wait, so that whatever follows in this transaction must be run in order, too. */
  boolean underWay() {
    return aside.rows() > 0;
  }

  /**
   * Before a commit: every row that was set aside must have found its place. Under a key that is
   * checked late, that may be its old one, which another row had for a while.
   */
  void requireSettled() throws SQLException {
    for (Target target : aside.targets()) {
      if (!target.unenforced().isEmpty()) {
        aside.putBack(target);
      }
    }
    if (underWay()) {
      throw refusals.rowThere(
          first.change().operation(), first.target().relation(), first.constraint());
    }
  }

  /** The transaction is over. */
  void forget() {
    aside.forget();
    first = null;
  }

  void run(List<Change> changes) throws SQLException {
    for (Change change : changes) {
      Optional<RowChange> row = RowChange.of(change);
      if (row.isEmpty()) {
        empty(change);
      } else {
        run(change, row.get());
      }
    }
  }

  private void run(Change change, RowChange row) throws SQLException {
    Target target = targets.of(row.relation());
    try {
      OptionalLong waiting =
          row.operation() == Operation.INSERT ? OptionalLong.empty() : aside.find(target, row);
      if (waiting.isPresent()) {
        requireUnambiguous(target, row);
      }
      switch (row.operation()) {
        case INSERT -> settle(target, row, waiting, () -> plain(change));
        case UPDATE -> {
          if (waiting.isPresent()) {
            takeBack(target, row, waiting);
          } else {
            update(target, change, row);
          }
        }
        case DELETE -> {
          if (waiting.isPresent()) {
            aside.drop(target, waiting.getAsLong());
          } else {
            delete(target, change);
          }
        }
      }
    } catch (SQLException e) {
      throw failures.of(Refusals.describe(row.operation(), target.relation()), e);
    }
  }

  /** The usual way first; if that collides, by way of the waiting rows. */
  private void update(Target target, Change change, RowChange row) throws SQLException {
    Savepoint before = connection.setSavepoint();
    try {
      plain(change);
      connection.releaseSavepoint(before);
    } catch (CollisionException e) {
      connection.rollback(before);
      requireOne(aside.setAside(target, row), target, row);
      takeBack(target, row, OptionalLong.of(aside.lastNumber()));
    }
  }

  private void takeBack(Target target, RowChange row, OptionalLong own) throws SQLException {
    settle(
        target,
        row,
        own,
        () -> {
          try {
            requireOne(aside.takeBack(target, own.getAsLong(), row), target, row);
          } catch (SQLException e) {
            CollisionException.check(e);
            throw e;
          }
        });
  }

  /**
   * Tries to put a row into its table; sets aside what stands in its way until it succeeds.
   *
   * @param own the number under which that row waits, if it does
   */
  private void settle(Target target, RowChange row, OptionalLong own, Attempt attempt)
      throws SQLException {
    for (StandbyTable.UniqueKey key : target.unenforced()) {
      setAsideOccupant(target, row, key.columns(), own, key.name());
    }
    for (int collisions = 0; ; collisions++) {
      Savepoint before = connection.setSavepoint();
      try {
        attempt.run();
        connection.releaseSavepoint(before);
        return;
      } catch (CollisionException e) {
        connection.rollback(before);
        List<String> index = indexColumns(e);
        if (collisions == MAX_COLLISIONS
            || index.isEmpty()
            || !target.has(index)
            || !setAsideOccupant(target, row, index, own, e.constraint())) {
          throw refusals.rowThere(row.operation(), target.relation(), e.constraint());
        }
      }
    }
  }

  private boolean setAsideOccupant(
      Target target, RowChange row, List<String> index, OptionalLong own, String constraint)
      throws SQLException {
    boolean alone = aside.rows() == (own.isPresent() ? 1 : 0);
    int found = aside.setAsideOccupant(target, row, index, own);
    if (found == 0) {
      return false;
    }
    requireOne(found, target, row);
    if (alone) {
      first = new Obstruction(target, row, constraint);
    }
    return true;
  }

  private void requireOne(int count, Target target, RowChange row) {
    if (count == 0) {
      throw refusals.rowMissing(row.operation(), target.relation());
    }
    if (count > 1) {
      throw refusals.severalRows(row.operation(), target.relation());
    }
  }

  /**
   * With a key, a waiting row and one in the table may answer to one change. In an update that
   * moves keys along it is the waiting one, which was there first; elsewhere nothing tells.
   */
  private void requireUnambiguous(Target target, RowChange row) throws SQLException {
    if (!target.relation().hasKey() || row.movesKey()) {
      return;
    }
    String sql =
        "SELECT EXISTS (SELECT 1 FROM " + target.only() + " AS t WHERE " + target.condition() + ")";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      new Binding(statement, target).values(target.identifying(), row.identity());
      try (ResultSet found = statement.executeQuery()) {
        found.next();
        if (found.getBoolean(1)) {
          throw refusals.severalRows(row.operation(), target.relation());
        }
      }
    }
  }

  /** The columns of the unique index that objected; empty if it is not one of plain columns. */
  private List<String> indexColumns(CollisionException e) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(INDEX_COLUMNS)) {
      statement.setString(1, e.schema());
      statement.setString(2, e.constraint());
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        Array names = row.getArray(1);
        return names == null ? List.of() : List.of((String[]) names.getArray());
      }
    }
  }

  private void plain(Change change) throws SQLException, CollisionException {
    execution.run(Plan.of(List.of(change)));
  }

  private void delete(Target target, Change change) throws SQLException {
    try {
      plain(change);
    } catch (CollisionException e) {
      throw refusals.severalRows(Operation.DELETE, target.relation());
    }
  }

  private void empty(Change change) throws SQLException {
    for (Relation relation : change.relations()) {
      aside.empty(targets.of(relation));
    }
    try {
      plain(change);
    } catch (CollisionException e) {
      throw new IllegalStateException("a truncate collided", e);
    }
  }

  /** A change that found another row in its place. */
  private record Obstruction(Target target, RowChange change, String constraint) {}

  private interface Attempt {
    void run() throws SQLException, CollisionException;
  }
}
