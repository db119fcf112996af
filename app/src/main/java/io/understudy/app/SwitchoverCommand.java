package io.understudy.app;

import io.understudy.app.config.MirrorConfig;
import io.understudy.app.config.Quantity;
import io.understudy.app.failover.Failover;
import io.understudy.app.failover.Limits;
import io.understudy.app.run.JournalConnection;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code understudy switchover}. */
@Command(
    name = "switchover",
    mixinStandardHelpOptions = true,
    description = {
      "Makes a standby the source while both are well, and loses nothing.",
      "Needs understudy run at work: its reader carries what was committed last.",
      "The source lets others only read and ends their sessions; the standby",
      "applies the rest and is opened; the old source follows it as a standby.",
      "Until the journal is sealed, any failure opens the old source again.",
      "Interrupted, it is simply run again, or given up with --cancel."
    },
    footer = {
      "",
      "Examples:",
      "  understudy switchover --to south --dry-run    checks everything, shows the plan",
      "  understudy switchover --to south              does it",
      "  understudy switchover --cancel                opens the source again"
    })
final class SwitchoverCommand implements Callable<Integer> {
  private final StopSignal signal;

  @Spec private CommandSpec spec;
  @Mixin private ConfigOption config;
  @Mixin private Verbosity verbosity;

  @ArgGroup(multiplicity = "1")
  private Aim aim;

  private static final class Aim {
    @Option(names = "--to", paramLabel = "DB", required = true, description = "The standby.")
    private String to;

    @Option(
        names = "--cancel",
        required = true,
        description = "Gives up a switchover whose process is gone, and opens the source again.")
    private boolean cancel;
  }

  @Option(names = "--dry-run", description = "Only checks, and shows the plan.")
  private boolean dryRun;

  @Option(
      names = "--max-lag",
      paramLabel = "TIME",
      defaultValue = "10s",
      description = "How far behind the standby may be (default: ${DEFAULT-VALUE}).")
  private String maxLag;

  @Option(
      names = "--max-pause",
      paramLabel = "TIME",
      defaultValue = "30s",
      description =
          "How long each wait may last while nobody can write; then the source is opened again"
              + " (default: ${DEFAULT-VALUE}).")
  private String maxPause;

  SwitchoverCommand(StopSignal signal) {
    this.signal = signal;
  }

  @Override
  public Integer call() throws InterruptedException {
    verbosity.asQuery();
    MirrorConfig loaded = config.load();
    Limits limits = new Limits(time("--max-lag", maxLag), time("--max-pause", maxPause));
    PrintWriter out = spec.commandLine().getOut();
    // Whoever presses Ctrl-C wants the way back, not a source that stays shut.
    signal.stopWith(Thread.currentThread()::interrupt);
    try (JournalConnection connection = JournalConnection.open(loaded)) {
      Failover failover =
          new Failover(loaded, connection.journal(), out, Clock.systemUTC()::instant);
      if (aim.cancel) {
        failover.cancel(limits);
        return ExitCode.DONE.number();
      }
      failover
          .switchover(DatabaseOption.of(spec.commandLine(), loaded, "--to", aim.to), limits, dryRun)
          .ifPresent(result -> report(result, out));
    }
    return ExitCode.DONE.number();
  }

  private Duration time(String option, String value) {
    try {
      return Quantity.duration(value);
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), option + ": write 10s: a whole number and ms, s, m, h or d");
    }
  }

  private static void report(Failover.Result result, PrintWriter out) {
    out.println(result.facts().source() + " is the source, in epoch " + result.facts().epoch());
    Optional<Duration> pause = result.pause();
    out.println(
        pause.isPresent()
            ? "writes were paused for " + pause.get().toMillis() + " ms"
            : "how long writes were paused is in understudy events");
    out.println(
        result.former() + " follows it as a standby, as soon as understudy run has seen to that");
  }
}
