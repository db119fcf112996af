package io.understudy.app.run;

import io.understudy.app.config.MirrorConfig;
import io.understudy.applier.Standby;
import io.understudy.connectors.Source;
import io.understudy.connectors.SourceSettings;
import io.understudy.journal.DatabaseName;

/** Puts the databases of {@code mirror.yaml} into their roles. */
public final class Databases {
  private Databases() {}

  public static Source source(MirrorConfig config, DatabaseName name) {
    return Source.of(
        config.mirror(),
        new SourceSettings(
            config.database(name),
            config.tables(),
            config.reader().maxBatchChanges(),
            config.reader().maxBatchBytes()));
  }

  public static Standby standby(MirrorConfig config, DatabaseName name) {
    return Standby.of(config.mirror(), config.database(name));
  }
}
