package io.understudy.app.run;

import io.understudy.app.config.MirrorConfig;
import io.understudy.applier.Standby;
import io.understudy.connectors.SchemaHistory;
import io.understudy.connectors.Source;
import io.understudy.connectors.SourceSettings;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.kafka.Journal;

/** Puts the databases of {@code mirror.yaml} into their roles. */
public final class Databases {
  private Databases() {}

  /** A source that will be prepared or read. */
  public static Source source(MirrorConfig config, DatabaseName name, Journal journal) {
    return source(config, name, new StoredSchemaHistory(journal));
  }

  /** One that is only asked how it is, or told to forget the mirror. */
  public static Source source(MirrorConfig config, DatabaseName name) {
    return source(config, name, SchemaHistory.NONE);
  }

  private static Source source(MirrorConfig config, DatabaseName name, SchemaHistory history) {
    return Source.of(
        config.mirror(),
        new SourceSettings(
            config.database(name),
            config.tables(),
            config.readers().get(name),
            config.schemaChanges(),
            config.reader().maxBatchChanges(),
            config.reader().maxBatchBytes(),
            config.reader().biteBehind(),
            history));
  }

  public static Standby standby(MirrorConfig config, DatabaseName name) {
    return Standby.of(config.mirror(), config.database(name));
  }
}
