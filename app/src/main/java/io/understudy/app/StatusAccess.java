package io.understudy.app;

import io.understudy.app.config.MirrorConfig;
import io.understudy.app.run.Databases;
import io.understudy.app.status.ConnectedEnds;
import io.understudy.app.status.StatusSource;
import io.understudy.journal.kafka.Journal;
import java.time.Clock;
import java.util.List;

/** Connects the status to the real mirror. */
final class StatusAccess {
  private StatusAccess() {}

  /**
   * For a running mirror.
   *
   * @param journal stays open when the status is closed
   */
  static StatusSource of(MirrorConfig config, Journal journal) {
    return new StatusSource(
        config.mirror(),
        List.copyOf(config.databases().keySet()),
        config.source(),
        ends(config, journal),
        Clock.systemUTC()::instant);
  }

  /** For the command. */
  static StatusSource once(MirrorConfig config, Journal journal) {
    return StatusSource.once(
        config.mirror(),
        List.copyOf(config.databases().keySet()),
        config.source(),
        ends(config, journal),
        Clock.systemUTC()::instant);
  }

  private static ConnectedEnds ends(MirrorConfig config, Journal journal) {
    return new ConnectedEnds(
        journal,
        source -> Databases.source(config, source),
        standby -> Databases.standby(config, standby));
  }
}
