package io.understudy.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.understudy.app.config.MirrorConfig;
import io.understudy.app.rejoin.Outcome;
import io.understudy.app.rejoin.Rejoin;
import io.understudy.app.run.JournalConnection;
import io.understudy.journal.DatabaseName;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code understudy rejoin}. */
@Command(
    name = "rejoin",
    mixinStandardHelpOptions = true,
    description = {
      "Makes a former source that was fenced a standby again, without a copy.",
      "Finds what it committed after the last journaled transaction, writes that to a",
      "report, undoes it row by row, and has it follow the new source.",
      "Needs its log, the journal and a reader at work (understudy run).",
      "Interrupted, it is simply run again. Refused (exit code 5), with nothing changed,",
      "if its log is gone or holds what cannot be undone row by row."
    },
    footer = {
      "",
      "Examples:",
      "  understudy rejoin north --export-only         report, and change nothing",
      "  understudy rejoin north",
      "  understudy rejoin north --report lost.json --json | jq .conflicts"
    })
final class RejoinCommand implements Callable<Integer> {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssSSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final StopSignal signal;

  @Spec private CommandSpec spec;
  @Mixin private ConfigOption config;
  @Mixin private Verbosity verbosity;

  @Parameters(index = "0", paramLabel = "DB", description = "The former source.")
  private String database;

  @Option(
      names = "--export-only",
      description = "Write the report, and leave the database fenced as it is.")
  private boolean exportOnly;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = {
        "Where the report goes as JSON; a readable form goes beside it, as .txt",
        "(default: rejoin-DB-TIME.json in the working directory)."
      })
  private Optional<Path> report;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  RejoinCommand(StopSignal signal) {
    this.signal = signal;
  }

  @Override
  public Integer call() throws InterruptedException {
    verbosity.asQuery();
    MirrorConfig loaded = config.load();
    DatabaseName name = DatabaseOption.of(spec.commandLine(), loaded, "DB", database);
    Thread itself = Thread.currentThread();
    signal.stopWith(itself::interrupt);
    PrintWriter out = spec.commandLine().getOut();
    Instant now = Clock.systemUTC().instant();
    Path file =
        report.orElseGet(() -> Path.of("rejoin-" + name + "-" + TIME.format(now) + ".json"));
    try (JournalConnection connection = JournalConnection.open(loaded)) {
      Rejoin rejoin =
          new Rejoin(
              loaded,
              connection.journal(),
              file,
              json ? said -> {} : out::println,
              Clock.systemUTC()::instant);
      Outcome outcome = exportOnly ? rejoin.export(name) : rejoin.run(name);
      if (json) {
        out.println(json(loaded, outcome));
      } else {
        tell(outcome, out);
      }
    }
    return ExitCode.DONE.number();
  }

  private void tell(Outcome outcome, PrintWriter out) {
    out.println(outcome.summary());
    outcome.file().ifPresent(it -> out.println("report: " + it + ", " + outcome.text().get()));
    outcome.obstacles().forEach(it -> out.println("cannot be undone row by row: " + it));
    if (exportOnly) {
      out.println("nothing was changed");
    } else {
      out.println(outcome.database() + " is a standby; a running understudy run takes it on");
    }
  }

  private static String json(MirrorConfig config, Outcome outcome) {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode root =
        mapper
            .createObjectNode()
            .put("mirror", config.mirror().value())
            .put("database", outcome.database().value())
            .put("transactions", outcome.transactions())
            .put("changes", outcome.changes())
            .put("conflicts", outcome.conflicts())
            .put("report", outcome.file().map(Path::toString).orElse(null))
            .put("follows", outcome.follows());
    outcome.obstacles().forEach(root.putArray("obstacles")::add);
    try {
      return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
