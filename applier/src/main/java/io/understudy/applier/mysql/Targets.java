package io.understudy.applier.mysql;

import io.understudy.journal.DatabaseName;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Relation;
import io.understudy.journal.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The targets of one session. A relation is compared with the standby's catalog when the session
 * meets it first, when the log shows the table in another shape, and now and then while the session
 * lasts: a column that somebody adds to the standby makes no statement fail.
 */
final class Targets {
  private static final long FRESH_NANOS = Duration.ofSeconds(5).toNanos();

  /** A table as it was found on the standby, and when. */
  private record Found(Target target, StandbyTable standby, long nanos) {
    boolean fits(Relation relation) {
      return target.relation().equals(relation);
    }
  }

  private final DatabaseName database;
  private final Connection connection;
  private final Map<TableName, Found> targets = new HashMap<>();

  Targets(DatabaseName database, Connection connection) {
    this.database = database;
    this.connection = connection;
  }

  /**
   * @throws MirrorException.Operator if the standby's table is not like the relation
   */
  Target of(Relation relation) throws SQLException {
    Found known = targets.get(relation.table());
    long now = System.nanoTime();
    if (known != null && known.fits(relation) && now - known.nanos() < FRESH_NANOS) {
      return known.target();
    }
    StandbyTable standby = load(relation);
    Target target =
        known != null && known.fits(relation) && known.standby().equals(standby)
            ? known.target()
            : new Target(relation, standby);
    targets.put(relation.table(), new Found(target, standby, now));
    return target;
  }

  private StandbyTable load(Relation relation) throws SQLException {
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
    return standby.orElseThrow();
  }
}
