package io.understudy.applier.mysql;

import io.understudy.applier.Difference;
import io.understudy.applier.Targets;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.Relation;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** The standby's tables as one session sees them. */
record StandbyCatalog(DatabaseName database, Connection connection)
    implements Targets.Catalog<StandbyTable, Target> {

  @Override
  public Optional<StandbyTable> table(Relation relation) throws SQLException {
    return StandbyTable.load(connection, relation.table());
  }

  @Override
  public List<Difference> differences(Relation relation, StandbyTable standby) {
    return Comparison.of(database, relation, Optional.of(standby));
  }

  @Override
  public Target target(Relation relation, StandbyTable standby) {
    return new Target(relation, standby);
  }
}
