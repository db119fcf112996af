package io.understudy.app;

import io.understudy.app.config.MirrorConfig;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code understudy pause}. */
@Command(
    name = "pause",
    mixinStandardHelpOptions = true,
    description = {
      "Holds the appliers: standbys stay as they are until understudy resume.",
      "The journal goes on; keep an eye on its retention."
    },
    footer = {"", "Example: understudy pause --standby south"})
final class PauseCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ConfigOption config;
  @Mixin private Verbosity verbosity;

  @Option(names = "--standby", paramLabel = "DB", description = "This one alone.")
  private String standby;

  @Override
  public Integer call() throws InterruptedException {
    verbosity.asQuery();
    MirrorConfig loaded = config.load();
    StandbyChoice.of(loaded, spec.commandLine(), standby)
        .forEach(
            (name, it) ->
                spec.commandLine()
                    .getOut()
                    .println(name + (it.setPaused(true) ? " is paused" : " was paused already")));
    return ExitCode.DONE.number();
  }
}
