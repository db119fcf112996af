package io.understudy.app;

import io.understudy.app.config.MirrorConfig;
import io.understudy.journal.DatabaseName;
import picocli.CommandLine;

/** The value of an option that names a database. */
final class DatabaseOption {
  private DatabaseOption() {}

  /**
   * @throws CommandLine.ParameterException if the mirror has no such database
   */
  static DatabaseName of(CommandLine line, MirrorConfig config, String option, String value) {
    DatabaseName name = new DatabaseName(value);
    if (!config.databases().containsKey(name)) {
      throw new CommandLine.ParameterException(
          line,
          "%s: mirror %s has no database %s; it has %s"
              .formatted(option, config.mirror(), value, config.databases().keySet()));
    }
    return name;
  }
}
