package io.understudy.app;

import io.understudy.app.config.MirrorConfig;
import io.understudy.app.run.JournalConnection;
import io.understudy.app.status.StatusJson;
import io.understudy.app.status.StatusReport;
import io.understudy.app.status.StatusSource;
import io.understudy.app.status.StatusText;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code understudy status}. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = {
      "Shows the mirror's roles, marks and lags, straight from journal and databases.",
      "Needs no running daemon. What does not answer is shown as such within a few seconds."
    },
    footer = {
      "",
      "Examples:",
      "  understudy status",
      "  understudy status --watch           refreshed each second, until Ctrl-C",
      "  understudy status --json | jq '.standbys.south.lag.seconds'"
    })
final class StatusCommand implements Callable<Integer> {
  private static final Duration REFRESH = Duration.ofSeconds(1);

  /** Set by the launcher if stdout is a terminal; only the shell can tell on every JDK. */
  private static final String TERMINAL = "understudy.terminal";

  /** Cursor to the top left, and what is below it cleared. */
  private static final String HOME = "\u001b[H\u001b[J";

  private static final String CLEAR_LINE_END = "\u001b[K\n";

  private final StopSignal signal;
  private final CountDownLatch stop = new CountDownLatch(1);

  @Spec private CommandSpec spec;
  @Mixin private ConfigOption config;
  @Mixin private Verbosity verbosity;

  @Option(names = "--json", description = "Print one JSON object; with --watch one a line.")
  private boolean json;

  @Option(names = "--watch", description = "Refresh each second, until Ctrl-C.")
  private boolean watch;

  StatusCommand(StopSignal signal) {
    this.signal = signal;
  }

  @Override
  public Integer call() throws InterruptedException {
    verbosity.asQuery();
    MirrorConfig loaded = config.load();
    PrintWriter out = spec.commandLine().getOut();
    if (watch) {
      signal.stopWith(stop::countDown);
    }
    try (JournalConnection connection = JournalConnection.open(loaded);
        StatusSource status = StatusAccess.once(loaded, connection.journal())) {
      if (watch) {
        watch(status, out);
      } else {
        StatusReport report = once(status);
        out.println(json ? StatusJson.pretty(report) : StatusText.of(report));
      }
    }
    return ExitCode.DONE.number();
  }

  /** The first round spends most of its time on connecting; the second tells times exactly. */
  private static StatusReport once(StatusSource status) throws InterruptedException {
    StatusReport first = status.collect();
    boolean allAnswered =
        first.journal().reachable()
            && first.reader().database().reachable()
            && first.standbys().values().stream().allMatch(it -> it.applied().isPresent());
    return allAnswered ? status.collect() : first;
  }

  private void watch(StatusSource status, PrintWriter out) throws InterruptedException {
    boolean inPlace = !json && Boolean.getBoolean(TERMINAL);
    while (stop.getCount() > 0 && !out.checkError()) {
      StatusReport report = status.collect();
      if (json) {
        out.println(StatusJson.line(report));
      } else if (inPlace) {
        out.print(HOME + StatusText.of(report).replace("\n", CLEAR_LINE_END) + CLEAR_LINE_END);
      } else {
        out.println(StatusText.of(report) + "\n");
      }
      out.flush();
      stop.await(REFRESH.toMillis(), TimeUnit.MILLISECONDS);
    }
  }
}
