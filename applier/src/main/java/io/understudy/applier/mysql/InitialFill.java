package io.understudy.applier.mysql;

import io.understudy.applier.Operation;
import io.understudy.applier.Refusals;
import io.understudy.applier.RowChange;
import io.understudy.applier.Targets;
import io.understudy.journal.Change;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.Relation;
import io.understudy.journal.Row;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Empties a standby's tables and fills them from the source's copy, without checking foreign keys.
 * By INSERT and not by LOAD DATA LOCAL, which makes warnings of errors and values fit, is off by
 * default on MySQL, and lets a server ask for any file of the client.
 */
final class InitialFill {
  private static final int MAX_ROWS = 1_000;
  private static final long MAX_BYTES = 512 * 1024;

  private final DatabaseName database;
  private final Failures failures;

  InitialFill(DatabaseName database, Failures failures) {
    this.database = database;
    this.failures = failures;
  }

  /** Commits with each table. */
  void empty(Connection connection, List<Relation> tables) throws SQLException {
    withoutForeignKeys(
        connection,
        () -> {
          try (Statement statement = connection.createStatement()) {
            for (Relation relation : tables) {
              statement.execute("TRUNCATE TABLE " + Sql.name(relation.table()));
            }
          }
          return 0;
        });
  }

  /** Returns the number of rows. */
  long copy(Connection connection, Relation relation, InputStream in)
      throws SQLException, IOException {
    Targets<StandbyTable, Target> targets =
        new Targets<>(database, new StandbyCatalog(database, connection));
    Target target = targets.of(relation);
    CopyRows rows = new CopyRows(target, in);
    Execution execution = new Execution(connection, failures, new Refusals(database), targets);
    try {
      return withoutForeignKeys(connection, () -> copy(execution, target, rows));
    } catch (SQLException e) {
      throw failures.of(Operation.INSERT, relation, e);
    }
  }

  private static long copy(Execution execution, Target target, CopyRows rows)
      throws SQLException, IOException {
    long count = 0;
    long bytes = 0;
    List<RowChange> batch = new ArrayList<>();
    for (Optional<Row> row = rows.next(); row.isPresent(); row = rows.next()) {
      if (batch.size() == MAX_ROWS || (bytes + row.get().size() > MAX_BYTES && !batch.isEmpty())) {
        execution.insert(target, batch);
        batch.clear();
        bytes = 0;
      }
      batch.add(RowChange.of(new Change.Insert(target.relation(), row.get(), false)).orElseThrow());
      bytes += row.get().size();
      count++;
    }
    if (!batch.isEmpty()) {
      execution.insert(target, batch);
    }
    return count;
  }

  private static <E extends Exception> long withoutForeignKeys(
      Connection connection, Filling<E> filling) throws SQLException, E {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET SESSION foreign_key_checks = 0");
      try {
        return filling.run();
      } finally {
        statement.execute("SET SESSION foreign_key_checks = 1, " + Pool.STRICT);
      }
    }
  }

  private interface Filling<E extends Exception> {
    long run() throws SQLException, E;
  }
}
