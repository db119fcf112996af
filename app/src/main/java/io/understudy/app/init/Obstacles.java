package io.understudy.app.init;

import io.understudy.app.config.MirrorConfig;
import io.understudy.app.schema.SchemaCopy;
import io.understudy.applier.Difference;
import io.understudy.connectors.Source;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.DatabaseSettings;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Relation;
import io.understudy.journal.TableRules;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** All that stands in the way of filling standbys, told at once. Changes nothing. */
final class Obstacles {
  private final MirrorConfig config;
  private final DatabaseName sourceName;
  private final Source source;
  private final boolean mayEmpty;

  /**
   * @param mayEmpty whether standbys' tables may hold rows, which are removed
   */
  Obstacles(MirrorConfig config, DatabaseName sourceName, Source source, boolean mayEmpty) {
    this.config = config;
    this.sourceName = sourceName;
    this.source = source;
    this.mayEmpty = mayEmpty;
  }

  /**
   * Returns the tables to be copied.
   *
   * @throws MirrorException.Operator with all that was found
   */
  List<Relation> requireNone(List<StandbyFill> fills) throws InterruptedException {
    List<String> obstacles = new ArrayList<>();
    source
        .obstacles()
        .forEach(o -> obstacles.add(sourceName + ": " + o.sentence() + "; " + o.remedy()));
    List<Relation> tables = source.tables();
    if (tables.isEmpty() && obstacles.isEmpty()) {
      obstacles.add(sourceName + ": no table matches tables.include in the configuration");
    }
    obstacles.addAll(schema(fills.stream().filter(StandbyFill::ownSchema).toList()));
    List<TableRules> rules = source.rules();
    Map<DatabaseName, List<Relation>> filled = new LinkedHashMap<>();
    for (StandbyFill fill : fills) {
      List<Difference> differences = fill.differences(tables, rules);
      differences.forEach(difference -> obstacles.add(fill.name() + ": " + difference.sentence()));
      if (differences.isEmpty() && !mayEmpty) {
        filled.put(fill.name(), fill.notEmpty(tables));
      }
    }
    if (!obstacles.isEmpty()) {
      throw new MirrorException.Operator(
          "mirror "
              + config.mirror()
              + " cannot be made yet:\n  - "
              + String.join("\n  - ", obstacles),
          "do what stands behind each line, then run understudy init again");
    }
    filled.forEach(Obstacles::requireEmpty);
    return tables;
  }

  /** Of making the schema on standbys that have none. */
  private List<String> schema(List<StandbyFill> bare) throws InterruptedException {
    if (bare.isEmpty()) {
      return List.of();
    }
    DatabaseSettings from = config.database(sourceName);
    try {
      SchemaCopy.requirePrograms(
          from,
          bare.stream().map(StandbyFill::settings).toList(),
          config.pgDump(),
          System.getenv());
      Set<String> named = SchemaCopy.rolesInPolicies(from);
      List<String> obstacles = new ArrayList<>();
      for (StandbyFill fill : bare) {
        for (String role : SchemaCopy.missingRoles(from, fill.settings())) {
          if (named.contains(role)) {
            obstacles.add(
                fill.name()
                    + ": role "
                    + role
                    + " is missing, and policies of the source name it; CREATE ROLE "
                    + role);
          }
        }
      }
      return obstacles;
    } catch (MirrorException.Operator e) {
      return List.of(sourceName + ": " + e.getMessage() + "; " + e.remedy());
    }
  }

  private static void requireEmpty(DatabaseName name, List<Relation> filled) {
    if (!filled.isEmpty()) {
      throw new MirrorException.Refused(
          "tables of "
              + name
              + " hold rows: "
              + String.join(", ", filled.stream().map(r -> r.table().toString()).toList()),
          "empty them, or let init do it: understudy init --again");
    }
  }
}
