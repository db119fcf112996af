package io.understudy.app.config;

import io.understudy.connectors.LogReader;
import io.understudy.connectors.SchemaChanges;
import io.understudy.connectors.TablePatterns;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.DatabaseSettings;
import io.understudy.journal.MirrorName;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that {@code mirror.yaml} says, with the defaults filled in.
 *
 * @param databases in the order of the file; two or more
 * @param readers which reader reads each of them when it is the source
 * @param source which of them is the source at the first start
 * @param pgDump the program that {@code init} makes schemas with; empty for the one on the path
 * @param listen where the HTTP pages are; empty if there are none
 */
public record MirrorConfig(
    MirrorName mirror,
    Map<DatabaseName, DatabaseSettings> databases,
    Map<DatabaseName, LogReader> readers,
    DatabaseName source,
    JournalSettings journal,
    TablePatterns tables,
    SchemaChanges schemaChanges,
    ReaderSettings reader,
    ApplierSettings applier,
    RetrySettings retry,
    Optional<Path> pgDump,
    FailoverSettings failover,
    Optional<ListenAddress> listen) {
  public MirrorConfig {
    databases = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(databases));
    readers = Map.copyOf(readers);
    if (!databases.containsKey(source)) {
      throw new IllegalArgumentException("source " + source + " is none of the databases");
    }
  }

  /**
   * @throws IllegalArgumentException if the mirror has no such database
   */
  public DatabaseSettings database(DatabaseName name) {
    DatabaseSettings settings = databases.get(name);
    if (settings == null) {
      throw new IllegalArgumentException(
          "there is no database '" + name + "' in the mirror; there are " + databases.keySet());
    }
    return settings;
  }

  /** All databases but {@code source}. */
  public List<DatabaseName> standbys(DatabaseName source) {
    return databases.keySet().stream().filter(name -> !name.equals(source)).toList();
  }
}
