package io.understudy.app;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.understudy.app.config.MirrorConfig;
import io.understudy.app.failover.JournalPoint;
import io.understudy.app.failover.Transactions;
import io.understudy.app.run.JournalConnection;
import io.understudy.journal.TableName;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code understudy journal}. */
@Command(
    name = "journal",
    mixinStandardHelpOptions = true,
    description = {
      "Lists transactions of the journal: sequence, commit time, the source's id,",
      "and how many rows of which tables. Never shows a value.",
      "So one finds the point that promote --until is to stop before."
    },
    footer = {
      "",
      "Examples:",
      "  understudy journal                                       the last 50",
      "  understudy journal --table public.orders --last 5",
      "  understudy journal --from 2026-11-26T08:00:00Z --last 1000 --json"
    })
final class JournalCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ConfigOption config;
  @Mixin private Verbosity verbosity;

  @Option(
      names = "--from",
      paramLabel = "SEQUENCE|TIME",
      description = "Only from this transaction on.")
  private Optional<String> from;

  @Option(
      names = "--table",
      paramLabel = "SCHEMA.TABLE",
      description = "Only transactions that change this table.")
  private Optional<String> table;

  @Option(
      names = "--last",
      paramLabel = "COUNT",
      defaultValue = "50",
      description = "The last ones, so many (default: ${DEFAULT-VALUE}).")
  private int last;

  @Option(names = "--json", description = "Print one JSON object a line.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    verbosity.asQuery();
    if (last < 1) {
      throw misuse("--last: write a number from 1");
    }
    MirrorConfig loaded = config.load();
    PrintWriter out = spec.commandLine().getOut();
    Transactions wanted = new Transactions(from.map(this::point), table.map(this::name), last);
    try (JournalConnection connection = JournalConnection.open(loaded)) {
      List<Transactions.Listed> found = wanted.of(connection.journal());
      found.forEach(it -> out.println(json ? object(it).toString() : line(it)));
      if (found.isEmpty() && !json) {
        out.println("no such transaction is in the journal");
      }
    }
    return ExitCode.DONE.number();
  }

  private JournalPoint point(String text) {
    return JournalPoint.parse(text)
        .orElseThrow(
            () ->
                misuse(
                    "--from: '"
                        + text
                        + "' is neither a sequence nor a time such as 2026-11-26T08:15:00Z"));
  }

  private TableName name(String text) {
    int dot = text.indexOf('.');
    if (dot < 1 || dot == text.length() - 1) {
      throw misuse("--table: write SCHEMA.TABLE");
    }
    return new TableName(text.substring(0, dot), text.substring(dot + 1));
  }

  private CommandLine.ParameterException misuse(String message) {
    return new CommandLine.ParameterException(spec.commandLine(), message);
  }

  private static String line(Transactions.Listed it) {
    StringBuilder text =
        new StringBuilder()
            .append(it.sequence())
            .append("  ")
            .append(it.commitTime())
            .append("  ")
            .append(it.id());
    it.changes().forEach((name, rows) -> text.append("  ").append(name).append(' ').append(rows));
    return text.toString();
  }

  private static ObjectNode object(Transactions.Listed it) {
    ObjectNode node =
        JsonNodeFactory.instance
            .objectNode()
            .put("sequence", it.sequence().value())
            .put("epoch", it.epoch().value())
            .put("commitTime", it.commitTime().toString())
            .put("transaction", it.id());
    ObjectNode tables = node.putObject("tables");
    it.changes().forEach((name, rows) -> tables.put(name.toString(), rows));
    return node;
  }
}
