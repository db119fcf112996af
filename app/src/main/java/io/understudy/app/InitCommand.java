package io.understudy.app;

import io.understudy.app.config.MirrorConfig;
import io.understudy.app.init.Init;
import io.understudy.app.run.JournalConnection;
import java.time.Clock;
import java.util.concurrent.Callable;
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
      "The tables must exist on the standbys, with the same columns and keys, and be empty.",
      "Interrupted, it is simply run again."
    },
    footer = {"", "Example: understudy init -c mirror.yaml"})
final class InitCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ConfigOption config;
  @Mixin private Verbosity verbosity;

  @Option(
      names = "--again",
      description =
          "Replace a mirror that is complete, its journal, and what the standbys' tables hold.")
  private boolean again;

  @Override
  public Integer call() throws InterruptedException {
    verbosity.asQuery();
    MirrorConfig loaded = config.load();
    try (JournalConnection connection = JournalConnection.open(loaded)) {
      new Init(
              loaded,
              connection.journal(),
              again,
              spec.commandLine().getOut(),
              Clock.systemUTC()::instant)
          .run();
    }
    return ExitCode.DONE.number();
  }
}
