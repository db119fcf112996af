package io.understudy.app;

import io.understudy.app.config.MirrorConfig;
import io.understudy.app.failover.EventsJson;
import io.understudy.app.failover.EventsText;
import io.understudy.app.run.JournalConnection;
import io.understudy.journal.kafka.OperationFact;
import io.understudy.journal.kafka.StateStore;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code understudy events}. */
@Command(
    name = "events",
    mixinStandardHelpOptions = true,
    description = {
      "Shows how the source of the mirror changed, and every attempt at it:",
      "who asked, what was observed, what was done, and how long each step took.",
      "The last 50 are kept."
    },
    footer = {
      "",
      "Examples:",
      "  understudy events",
      "  understudy events --json | jq '.events[-1].steps[] | {state, millis}'"
    })
final class EventsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ConfigOption config;
  @Mixin private Verbosity verbosity;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    verbosity.asQuery();
    MirrorConfig loaded = config.load();
    try (JournalConnection connection = JournalConnection.open(loaded);
        StateStore store = connection.journal().state()) {
      List<OperationFact> operations = store.read().operations();
      spec.commandLine()
          .getOut()
          .println(json ? EventsJson.of(loaded.mirror(), operations) : EventsText.of(operations));
    }
    return ExitCode.DONE.number();
  }
}
