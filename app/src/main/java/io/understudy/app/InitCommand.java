package io.understudy.app;

import io.understudy.app.config.MirrorConfig;
import io.understudy.app.init.Init;
import io.understudy.app.init.TablesAgain;
import io.understudy.app.run.JournalConnection;
import io.understudy.app.run.Reigning;
import io.understudy.connectors.TablePatterns;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.kafka.MirrorFacts;
import io.understudy.journal.kafka.StateStore;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code understudy init}. */
@Command(
    name = "init",
    mixinStandardHelpOptions = true,
    description = {
      "Makes the mirror: prepares the source's log, and copies all rows.",
      "On an empty PostgreSQL standby it makes the schema, too, by pg_dump and pg_restore;",
      "elsewhere the tables must exist, with the same columns and keys, and be empty.",
      "Interrupted, it is simply run again, and goes on with what is not done."
    },
    footer = {
      "",
      "Examples:",
      "  understudy init --sample > mirror.yaml",
      "  understudy init -c mirror.yaml",
      "  understudy init --table public.orders         once more, while the mirror runs",
      "  understudy init --table 'sales.*' --standby south"
    })
final class InitCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ConfigOption config;
  @Mixin private FileOptions files;
  @Mixin private Verbosity verbosity;

  @Option(
      names = "--again",
      description =
          "Replace a mirror that is complete, its journal, and what the standbys' tables hold.")
  private boolean again;

  @Option(
      names = "--jobs",
      paramLabel = "N",
      defaultValue = "4",
      description = {
        "Copy so many tables, or parts of large ones, at the same time, 1 to 8",
        "(default: ${DEFAULT-VALUE}; MySQL and MariaDB: always 1)."
      })
  private int jobs;

  @Option(
      names = "--table",
      paramLabel = "PATTERN",
      description = {
        "Copy these tables once more while the mirror runs: schema.table, * for any",
        "characters; repeatable. The standby's applier waits meanwhile."
      })
  private List<String> tables = new ArrayList<>();

  @Option(
      names = "--standby",
      paramLabel = "DB",
      description = "With --table: to this standby only (default: one after the other).")
  private String standby;

  @Override
  public Integer call() throws InterruptedException {
    verbosity.asQuery();
    Optional<String> printed = files.text();
    if (printed.isPresent()) {
      spec.commandLine().getOut().print(printed.get());
      return ExitCode.DONE.number();
    }
    requireUsage();
    MirrorConfig loaded = config.load();
    if (!tables.isEmpty()) {
      copyTables(loaded);
      return ExitCode.DONE.number();
    }
    try (JournalConnection connection = JournalConnection.open(loaded)) {
      new Init(
              loaded,
              connection.journal(),
              again,
              jobs,
              spec.commandLine().getOut(),
              Clock.systemUTC()::instant)
          .run();
    }
    return ExitCode.DONE.number();
  }

  private void requireUsage() {
    if (jobs < 1 || jobs > Init.MOST_JOBS) {
      throw misuse("--jobs: " + jobs + " is not a number from 1 to " + Init.MOST_JOBS);
    }
    if (tables.isEmpty() && standby != null) {
      throw misuse("--standby goes with --table only");
    }
    if (!tables.isEmpty() && again) {
      throw misuse("--again copies all tables, --table some");
    }
    for (String pattern : tables) {
      if (pattern.indexOf('.') < 1) {
        throw misuse("--table: '" + pattern + "' is not schema.table, such as public." + pattern);
      }
    }
  }

  private CommandLine.ParameterException misuse(String what) {
    return new CommandLine.ParameterException(spec.commandLine(), what);
  }

  private void copyTables(MirrorConfig loaded) throws InterruptedException {
    try (JournalConnection connection = JournalConnection.open(loaded);
        StateStore state = connection.journal().state()) {
      MirrorFacts facts = Reigning.require(loaded.mirror(), state.read().mirror());
      List<DatabaseName> to =
          StandbyChoice.names(loaded, spec.commandLine(), standby, facts.source());
      new TablesAgain(
              loaded,
              connection.journal(),
              facts,
              new TablePatterns(tables, List.of()),
              spec.commandLine().getOut(),
              Clock.systemUTC()::instant)
          .copyTo(to);
    }
  }
}
