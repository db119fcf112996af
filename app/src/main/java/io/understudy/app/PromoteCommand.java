package io.understudy.app;

import io.understudy.app.config.MirrorConfig;
import io.understudy.app.failover.Failover;
import io.understudy.app.failover.JournalPoint;
import io.understudy.app.run.JournalConnection;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.Sequence;
import io.understudy.journal.kafka.Journal;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.Optional;
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
      "Refused while the source answers (see switchover), and if transactions that",
      "the journal holds would be left out, unless --allow-data-loss insists.",
      "Interrupted, it is simply run again."
    },
    footer = {
      "",
      "Examples:",
      "  understudy promote --to south",
      "  understudy promote --to south --until 4711 --allow-data-loss",
      "      leaves out transaction 4711 and all behind it (see understudy journal)",
      "  understudy promote --to south --until 2026-11-26T08:15:00Z --allow-data-loss"
    })
final class PromoteCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ConfigOption config;
  @Mixin private Verbosity verbosity;

  @Option(names = "--to", paramLabel = "DB", required = true, description = "The standby.")
  private String to;

  @Option(
      names = "--until",
      paramLabel = "SEQUENCE|TIME",
      description =
          "The first transaction to leave out: its sequence, or the first committed at that time"
              + " or later.")
  private Optional<String> until;

  @Option(
      names = "--allow-data-loss",
      description = "Although the source answers, or journaled transactions are left out.")
  private boolean allowDataLoss;

  @Override
  public Integer call() throws InterruptedException {
    verbosity.asQuery();
    MirrorConfig loaded = config.load();
    DatabaseName target = DatabaseOption.of(spec.commandLine(), loaded, "--to", to);
    PrintWriter out = spec.commandLine().getOut();
    try (JournalConnection connection = JournalConnection.open(loaded)) {
      Optional<Sequence> last = last(connection.journal());
      Failover failover =
          new Failover(loaded, connection.journal(), out, Clock.systemUTC()::instant);
      report(failover.promote(target, last, allowDataLoss), out);
    }
    return ExitCode.DONE.number();
  }

  private Optional<Sequence> last(Journal journal) {
    if (until.isEmpty()) {
      return Optional.empty();
    }
    JournalPoint point =
        JournalPoint.parse(until.get())
            .orElseThrow(
                () ->
                    new CommandLine.ParameterException(
                        spec.commandLine(),
                        "--until: '"
                            + until.get()
                            + "' is neither a sequence nor a time such as"
                            + " 2026-11-26T08:15:00Z"));
    return Optional.of(point.lastBefore(journal));
  }

  private static void report(Failover.Result result, PrintWriter out) {
    out.println(result.facts().source() + " is the source, in epoch " + result.facts().epoch());
    out.println(
        "last commit time applied: "
            + result.applied().commitTime()
            + ", sequence "
            + result.applied().sequence()
            + ", at "
            + result.applied().position().encoded()
            + " of "
            + result.former());
    out.println("what " + result.former() + " committed after that may be missing");
    out.println(
        result.former()
            + " is made read-only by the first understudy run that reaches it, if it was not just now");
    if (result.followed()) {
      out.println("when that is done: understudy rejoin " + result.former());
    } else {
      out.println("no standby follows: understudy init --again makes the others anew");
    }
  }
}
