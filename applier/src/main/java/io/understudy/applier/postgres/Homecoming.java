package io.understudy.applier.postgres;

import io.understudy.applier.Refusals;
import io.understudy.applier.Return;
import io.understudy.applier.RowChange;
import io.understudy.applier.Targets;
import io.understudy.journal.Change;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.Relation;
import io.understudy.journal.postgres.Quoting;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Takes back what a former source alone holds, in the open transaction of its connection. */
final class Homecoming {
  private static final int BATCH = 1_000;

  private final Connection connection;
  private final Failures failures;
  private final Refusals refusals;
  private final Targets<StandbyTable, Target> targets;

  Homecoming(DatabaseName database, Connection connection, Failures failures) {
    this.connection = connection;
    this.failures = failures;
    this.refusals = new Refusals(database);
    this.targets = new Targets<>(database, new StandbyCatalog(database, connection));
  }

  /** Nobody else writes to the tables in question until the transaction is over. */
  void lock(Return plan) throws SQLException {
    Set<Relation> tables =
        Stream.concat(
                plan.rows().stream().map(Return.Touched::relation),
                plan.undo().stream().flatMap(change -> change.relations().stream()))
            .collect(Collectors.toCollection(LinkedHashSet::new));
    try (Statement statement = connection.createStatement()) {
      for (Relation table : tables) {
        statement.execute(
            "LOCK TABLE " + Quoting.name(table.table()) + " IN SHARE ROW EXCLUSIVE MODE");
      }
    }
  }

  void undo(Return plan) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      InitialFill.asReplica(statement);
    }
    if (!plan.undo().isEmpty()) {
      Execution execution = new Execution(connection, failures, refusals, targets);
      InOrder inOrder = new InOrder(connection, failures, refusals, targets, execution);
      inOrder.run(plan.undo());
      inOrder.requireSettled();
      inOrder.forget();
      execution.forget();
    }
    Map<Relation, List<Return.Touched>> tables =
        plan.rows().stream()
            .collect(
                Collectors.groupingBy(
                    Return.Touched::relation, LinkedHashMap::new, Collectors.toList()));
    for (Map.Entry<Relation, List<Return.Touched>> table : tables.entrySet()) {
      remove(targets.of(table.getKey()), table.getValue());
    }
  }

  /** Whether they are there or not. */
  private void remove(Target target, List<Return.Touched> rows) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(target.delete())) {
      int batched = 0;
      for (Return.Touched row : rows) {
        Change key = WithheldRows.key(row);
        new Binding(statement, target)
            .values(target.identifying(), RowChange.of(key).orElseThrow().identity());
        statement.addBatch();
        if (++batched % BATCH == 0) {
          statement.executeBatch();
        }
      }
      statement.executeBatch();
    }
  }
}
