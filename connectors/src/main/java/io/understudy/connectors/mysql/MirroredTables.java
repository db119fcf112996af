package io.understudy.connectors.mysql;

import io.understudy.connectors.TablePatterns;
import io.understudy.connectors.binlog.LogHost;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Relation;
import io.understudy.journal.TableName;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Tells the reading of a log which tables belong to the mirror, and their shapes. */
final class MirroredTables implements LogHost {
  private final TablePatterns patterns;
  private final Map<TableName, Relation> relations = new HashMap<>();
  private final Set<String> databases = new HashSet<>();
  private final boolean foldsNames;
  private final Failures failures;

  /**
   * @param foldsNames whether the server takes names in upper and lower case for the same
   */
  MirroredTables(
      TablePatterns patterns, List<Relation> tables, boolean foldsNames, Failures failures) {
    this.patterns = patterns;
    this.foldsNames = foldsNames;
    this.failures = failures;
    for (Relation relation : tables) {
      if (patterns.matches(relation.table())) {
        relations.put(relation.table(), relation);
        databases.add(relation.table().schema());
      }
    }
  }

  /** For a reading that looks for schema changes alone. */
  static MirroredTables unknown(TablePatterns patterns, boolean foldsNames, Failures failures) {
    return new MirroredTables(patterns, List.of(), foldsNames, failures);
  }

  @Override
  public Optional<Relation> relation(TableName table) {
    return Optional.ofNullable(relations.get(table));
  }

  @Override
  public boolean isMirrored(TableName table) {
    TableName name =
        foldsNames ? new TableName(folded(table.schema()), folded(table.table())) : table;
    return Catalog.isForeign(name.schema())
        && (relations.containsKey(name) || patterns.matches(name));
  }

  @Override
  public boolean isMirrored(String database) {
    String name = foldsNames ? folded(database) : database;
    return Catalog.isForeign(name)
        && (databases.contains(name) || relations.isEmpty()); // not known: it may have been
  }

  private static String folded(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  @Override
  public MirrorException failure(String operation, Throwable cause) {
    return failures.of(operation, cause);
  }
}
