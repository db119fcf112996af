package io.understudy.app;

import io.understudy.app.config.MirrorConfig;
import io.understudy.applier.HeldChange;
import io.understudy.applier.Standby;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.MirrorException;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code understudy resume}. */
@Command(
    name = "resume",
    mixinStandardHelpOptions = true,
    description = {
      "Lets paused appliers go on, and those that wait in front of a schema change.",
      "Without an option such a change is tried once more. understudy status shows it."
    },
    footer = {
      "",
      "Example, after adding the column on south by hand:",
      "  understudy resume --standby south --ddl-done"
    })
final class ResumeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ConfigOption config;
  @Mixin private Verbosity verbosity;

  @Option(names = "--standby", paramLabel = "DB", description = "This one alone.")
  private String standby;

  @ArgGroup private Way way;

  private static final class Way {
    @Option(
        names = "--skip-ddl",
        required = true,
        description = "Leaves the schema change out: the standby stays without it.")
    @SuppressWarnings("unused") // it is what the other one is not
    private boolean skip;

    @Option(
        names = "--ddl-done",
        required = true,
        description = "The schema change was done on the standby by hand.")
    private boolean done;
  }

  @Override
  public Integer call() throws InterruptedException {
    verbosity.asQuery();
    MirrorConfig loaded = config.load();
    PrintWriter out = spec.commandLine().getOut();
    int[] settled = {0};
    StandbyChoice.of(loaded, spec.commandLine(), standby)
        .forEach((name, it) -> settled[0] += resume(name, it, out) ? 1 : 0);
    if (settled[0] == 0 && way != null) {
      throw new MirrorException.Operator(
          "no standby waits in front of a schema change", "see understudy status");
    }
    return ExitCode.DONE.number();
  }

  /** Returns whether a schema change was decided about. */
  private boolean resume(DatabaseName name, Standby it, PrintWriter out) {
    Optional<HeldChange> held = it.heldChange();
    boolean decided = held.isPresent() && it.decide(held.get(), decision());
    if (decided) {
      out.println(name + ": " + said() + ": " + text(held.get()));
    }
    if (it.isPaused() && it.setPaused(false)) {
      out.println(name + " goes on");
    } else if (!decided) {
      out.println(name + " was not held");
    }
    return decided;
  }

  private static String text(HeldChange change) {
    return change.text().isEmpty() ? change.tag() : change.text();
  }

  private HeldChange.Way decision() {
    if (way == null) {
      return HeldChange.Way.AGAIN;
    }
    return way.done ? HeldChange.Way.DONE : HeldChange.Way.SKIP;
  }

  private String said() {
    return switch (decision()) {
      case SKIP -> "left out";
      case DONE -> "taken as done";
      case AGAIN -> "tried once more";
    };
  }
}
