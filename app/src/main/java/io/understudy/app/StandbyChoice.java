package io.understudy.app;

import io.understudy.app.config.MirrorConfig;
import io.understudy.app.run.Databases;
import io.understudy.app.run.JournalConnection;
import io.understudy.applier.Standby;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.kafka.MirrorFacts;
import io.understudy.journal.kafka.StateStore;
import java.util.List;
import java.util.function.BiConsumer;
import picocli.CommandLine;

/** The standbys that a command is about: all, or the one that was named. */
final class StandbyChoice {
  private final MirrorConfig config;
  private final List<DatabaseName> names;

  private StandbyChoice(MirrorConfig config, List<DatabaseName> names) {
    this.config = config;
    this.names = names;
  }

  /**
   * @param named null for all
   */
  static StandbyChoice of(MirrorConfig config, CommandLine line, String named)
      throws InterruptedException {
    return new StandbyChoice(config, names(config, line, named, source(config)));
  }

  /**
   * @param named null for all
   */
  static List<DatabaseName> names(
      MirrorConfig config, CommandLine line, String named, DatabaseName source) {
    List<DatabaseName> standbys = config.standbys(source);
    if (named == null) {
      return standbys;
    }
    DatabaseName name = new DatabaseName(named);
    if (!standbys.contains(name)) {
      throw new CommandLine.ParameterException(
          line,
          "--standby: mirror %s has no standby %s; it has %s"
              .formatted(config.mirror(), named, standbys));
    }
    return List.of(name);
  }

  private static DatabaseName source(MirrorConfig config) throws InterruptedException {
    try (JournalConnection connection = JournalConnection.open(config);
        StateStore store = connection.journal().state()) {
      return store.read().mirror().map(MirrorFacts::source).orElse(config.source());
    }
  }

  void forEach(BiConsumer<DatabaseName, Standby> action) {
    for (DatabaseName name : names) {
      try (Standby standby = Databases.standby(config, name)) {
        action.accept(name, standby);
      }
    }
  }
}
