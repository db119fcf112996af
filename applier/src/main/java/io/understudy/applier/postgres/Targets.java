package io.understudy.applier.postgres;

import io.understudy.journal.DatabaseName;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Relation;
import io.understudy.journal.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The targets of one session. A relation is compared with the standby's catalog when the session
 * meets it first, and when the log shows the table in another shape.
 */
final class Targets {
  private final DatabaseName database;
  private final Connection connection;
  private final Map<TableName, Target> targets = new HashMap<>();

  Targets(DatabaseName database, Connection connection) {
    this.database = database;
    this.connection = connection;
  }

  /**
   * @throws MirrorException.Operator if the standby's table is not like the relation
   */
  Target of(Relation relation) throws SQLException {
    Target known = targets.get(relation.table());
    if (known != null && known.relation().equals(relation)) {
      return known;
    }
    Optional<StandbyTable> standby = StandbyTable.load(connection, relation.table());
    if (standby.isEmpty()) {
      throw new MirrorException.Operator(
          "applying changes: table " + relation.table() + " is missing on " + database,
          Failures.TABLE_GONE);
    }
    List<Comparison.Difference> differences = Comparison.of(database, relation, standby);
    if (!differences.isEmpty()) {
      throw new MirrorException.Operator(
          differences.stream()
              .map(Comparison.Difference::what)
              .collect(Collectors.joining("; ", "applying changes: ", "")),
          differences.stream()
              .map(Comparison.Difference::remedy)
              .collect(Collectors.joining("; ", "on " + database + ": ", "; then start again")));
    }
    Target target = new Target(relation, standby.orElseThrow());
    targets.put(relation.table(), target);
    return target;
  }
}
