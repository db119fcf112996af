package io.understudy.app;

import io.understudy.app.config.MirrorConfig;
import io.understudy.app.promote.Promote;
import io.understudy.app.run.JournalConnection;
import io.understudy.failover.PromotionReport;
import io.understudy.journal.DatabaseName;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code understudy promote}. */
@Command(
    name = "promote",
    mixinStandardHelpOptions = true,
    description = {
      "Makes a standby the source, after the source was lost.",
      "Needs the journal and that standby; neither the source nor a running daemon.",
      "Stop the source's clients first if it still answers: what it commits from",
      "then on is on no other database.",
      "Interrupted, it is simply run again."
    },
    footer = {"", "Example: understudy promote --to south"})
final class PromoteCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ConfigOption config;
  @Mixin private Verbosity verbosity;

  @Option(names = "--to", paramLabel = "DB", required = true, description = "The standby.")
  private String to;

  @Override
  public Integer call() throws InterruptedException {
    verbosity.asQuery();
    MirrorConfig loaded = config.load();
    DatabaseName target = new DatabaseName(to);
    if (!loaded.databases().containsKey(target)) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "--to: mirror %s has no database %s; it has %s"
              .formatted(loaded.mirror(), to, loaded.databases().keySet()));
    }
    PrintWriter out = spec.commandLine().getOut();
    try (JournalConnection connection = JournalConnection.open(loaded)) {
      Promote promote = new Promote(loaded, connection.journal(), out, Clock.systemUTC()::instant);
      report(promote.run(target), out);
    }
    return ExitCode.DONE.number();
  }

  private static void report(PromotionReport report, PrintWriter out) {
    out.println(report.source() + " is the source, in epoch " + report.epoch());
    out.println(
        "last commit time applied: "
            + report.commitTime()
            + ", sequence "
            + report.sequence()
            + ", at "
            + report.position().encoded()
            + " of "
            + report.former());
    out.println(
        "what "
            + report.former()
            + " committed after that may be missing; keep "
            + report.former()
            + " from being written to, should it come back");
  }
}
