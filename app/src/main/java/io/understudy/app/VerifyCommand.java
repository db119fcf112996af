package io.understudy.app;

import io.understudy.app.config.MirrorConfig;
import io.understudy.app.run.JournalConnection;
import io.understudy.app.run.Reigning;
import io.understudy.app.verify.Verification;
import io.understudy.app.verify.VerifyJson;
import io.understudy.app.verify.VerifyOptions;
import io.understudy.app.verify.VerifyReport;
import io.understudy.app.verify.VerifyTelling;
import io.understudy.app.verify.VerifyText;
import io.understudy.connectors.TablePatterns;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.kafka.MirrorFacts;
import io.understudy.journal.kafka.StateStore;
import io.understudy.verify.VerifyLimits;
import java.io.PrintWriter;
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

/** {@code understudy verify}. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description = {
      "Compares a standby with the source, row by row, at one and the same commit,",
      "while both are in use. Reader and applier must be running: the commit is",
      "agreed on through them. Nothing is locked, and nothing is left behind.",
      "Exit code 0: identical (or repaired); 4: rows differ; 1: not all could be compared."
    },
    footer = {
      "",
      "Examples:",
      "  understudy verify",
      "  understudy verify --table 'public.orders*' --max-load 20",
      "  understudy verify --sample 5                  one twentieth of each table",
      "  understudy verify --repair                    and put right what differs",
      "  understudy verify --json | jq '.standbys.south.result'"
    })
final class VerifyCommand implements Callable<Integer> {
  private final StopSignal signal;

  @Spec private CommandSpec spec;
  @Mixin private ConfigOption config;
  @Mixin private Verbosity verbosity;

  @Option(
      names = "--standby",
      paramLabel = "DB",
      description = "Compare this standby only (default: one after the other).")
  private Optional<String> standby;

  @Option(
      names = "--table",
      paramLabel = "PATTERN",
      description = "Compare these tables only: schema.table, * for any characters; repeatable.")
  private List<String> tables = new ArrayList<>();

  @Option(
      names = "--sample",
      paramLabel = "PERCENT",
      defaultValue = "100",
      description = {
        "Compare about so much of each table that has a key, chosen at random;",
        "tables without one are compared whole (default: ${DEFAULT-VALUE})."
      })
  private double sample;

  @Option(
      names = "--max-load",
      paramLabel = "PERCENT",
      defaultValue = "50",
      description = {
        "How much of the time each session may keep its server busy,",
        "1 to 100 (default: ${DEFAULT-VALUE})."
      })
  private int maxLoad;

  @Option(
      names = "--sessions",
      paramLabel = "N",
      defaultValue = "2",
      description = "Sessions on each side, 1 to 16 (default: ${DEFAULT-VALUE}).")
  private int sessions;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "100",
      description = "Name at most so many differing rows of a table (default: ${DEFAULT-VALUE}).")
  private int limit;

  @Option(
      names = "--repair",
      description = {
        "Put differing rows of the standby right, through its applier and in order",
        "with the journal."
      })
  private boolean repair;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  VerifyCommand(StopSignal signal) {
    this.signal = signal;
  }

  @Override
  public Integer call() throws InterruptedException {
    verbosity.asQuery();
    requireUsage();
    MirrorConfig loaded = config.load();
    Thread itself = Thread.currentThread();
    signal.stopWith(itself::interrupt);
    PrintWriter out = spec.commandLine().getOut();
    try (JournalConnection connection = JournalConnection.open(loaded);
        StateStore state = connection.journal().state()) {
      MirrorFacts facts = Reigning.require(loaded.mirror(), state.read().mirror());
      Verification verification =
          new Verification(
              loaded,
              options(),
              new VerifyTelling(spec.commandLine().getErr(), Clock.systemUTC()::instant),
              Clock.systemUTC()::instant);
      List<VerifyReport> reports = new ArrayList<>();
      for (DatabaseName name : standbys(loaded, facts.source())) {
        VerifyReport report = verification.run(facts.source(), name);
        reports.add(report);
        if (tables.isEmpty() && !report.sampled()) {
          state.put(report.fact(Clock.systemUTC().instant()));
        }
        if (!json) {
          out.println(VerifyText.of(report, limit));
        }
      }
      if (json) {
        out.println(VerifyJson.of(reports, limit));
      }
      return code(reports).number();
    }
  }

  private static ExitCode code(List<VerifyReport> reports) {
    List<VerifyReport.Result> results = reports.stream().map(VerifyReport::result).toList();
    if (results.contains(VerifyReport.Result.DIFFERENT)) {
      return ExitCode.DIFFERENCES;
    }
    return results.contains(VerifyReport.Result.INCOMPLETE) ? ExitCode.FAILED : ExitCode.DONE;
  }

  private VerifyOptions options() {
    return new VerifyOptions(
        new TablePatterns(tables.isEmpty() ? List.of("*.*") : tables, List.of()),
        new VerifyLimits(
            sessions, maxLoad, sample, Math.max(limit, VerifyLimits.DEFAULT.maxRows())),
        repair);
  }

  private List<DatabaseName> standbys(MirrorConfig loaded, DatabaseName source) {
    List<DatabaseName> all = loaded.standbys(source);
    if (standby.isEmpty()) {
      return all;
    }
    DatabaseName wanted = new DatabaseName(standby.get());
    if (!all.contains(wanted)) {
      throw misuse("--standby: " + wanted + " is not a standby; there are " + all);
    }
    return List.of(wanted);
  }

  private void requireUsage() {
    if (!(sample > 0 && sample <= 100)) {
      throw misuse("--sample: " + sample + " is not a percentage above 0 and up to 100");
    }
    if (maxLoad < 1 || maxLoad > 100) {
      throw misuse("--max-load: " + maxLoad + " is not a percentage from 1 to 100");
    }
    if (sessions < 1 || sessions > 16) {
      throw misuse("--sessions: " + sessions + " is not a number from 1 to 16");
    }
    if (limit < 1) {
      throw misuse("--limit: " + limit + " is not a number from 1");
    }
    if (repair && sample < 100) {
      throw misuse("--repair needs to see all rows; leave --sample out");
    }
    for (String pattern : tables) {
      if (pattern.indexOf('.') < 0) {
        throw misuse("--table: '" + pattern + "' is not schema.table, such as public." + pattern);
      }
    }
  }

  private CommandLine.ParameterException misuse(String what) {
    return new CommandLine.ParameterException(spec.commandLine(), what);
  }
}
