package io.understudy.app;

import io.understudy.app.config.FailoverSettings;
import io.understudy.app.config.ListenAddress;
import io.understudy.app.config.MirrorConfig;
import io.understudy.app.controller.ControllerRole;
import io.understudy.app.run.JournalConnection;
import io.understudy.app.run.Runner;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.MirrorException;
import io.understudy.journal.kafka.Journal;
import java.time.Clock;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code understudy run}. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = {
      "Runs the mirror until stopped (Ctrl-C, SIGTERM): then exits with 0.",
      "A source, broker or standby that is away is waited for, as long as it takes.",
      "Whatever needs somebody's hand ends it with 1 and says what to do.",
      "A role that starts takes over from the process that has it: that one ends with 1."
    },
    footer = {
      "",
      "Examples:",
      "  understudy run                                   all roles in one process",
      "  understudy run --role reader                     beside the source",
      "  understudy run --role applier --standby south    beside that standby",
      "  understudy run --role controller                 on a third host, see failover.mode",
      "  understudy run --role applier --listen off       a second process on one machine"
    })
final class RunCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(RunCommand.class);

  private final StopSignal signal;

  @Spec private CommandSpec spec;
  @Mixin private ConfigOption config;
  @Mixin private Verbosity verbosity;

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      defaultValue = "all",
      description = "all, reader, applier or controller (default: ${DEFAULT-VALUE}).")
  private Runner.Roles role;

  @Option(
      names = "--standby",
      paramLabel = "DB",
      description = "Apply to this standby only (default: to all).")
  private Optional<String> standby;

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      description = "Where the HTTP pages are, or off (default: http.listen of the configuration).")
  private Optional<String> listen;

  RunCommand(StopSignal signal) {
    this.signal = signal;
  }

  @Override
  public Integer call() throws InterruptedException {
    verbosity.asDaemon();
    MirrorConfig loaded = config.load();
    if (standby.isPresent() && (role == Runner.Roles.READER || role == Runner.Roles.CONTROLLER)) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "--standby chooses an applier, but --role "
              + role.name().toLowerCase(Locale.ROOT)
              + " runs none");
    }
    Optional<ListenAddress> pagesAt = listen(loaded);
    try (JournalConnection connection = JournalConnection.open(loaded)) {
      Optional<ControllerRole> controller = controller(loaded, connection.journal());
      Runner runner =
          new Runner(
              loaded,
              connection.journal(),
              role,
              standby.map(DatabaseName::new),
              controller.map(it -> it),
              Clock.systemUTC()::instant);
      signal.stopWith(runner::stop);
      StatusPages pages = pages(loaded, pagesAt, connection.journal(), runner);
      try (pages) {
        runner.run();
      } finally {
        controller.ifPresent(ControllerRole::close);
      }
    }
    return ExitCode.DONE.number();
  }

  private Optional<ControllerRole> controller(MirrorConfig loaded, Journal journal) {
    boolean manual = loaded.failover().mode() == FailoverSettings.Mode.MANUAL;
    boolean wanted = role == Runner.Roles.CONTROLLER || (role == Runner.Roles.ALL && !manual);
    return wanted
        ? Optional.of(new ControllerRole(loaded, journal, Clock.systemUTC()::instant))
        : Optional.empty();
  }

  /**
   * Roles that run apart on one machine share the configuration, and so its address: the first to
   * come serves the pages, and the others work without.
   */
  private StatusPages pages(
      MirrorConfig loaded, Optional<ListenAddress> at, Journal journal, Runner runner) {
    try {
      return StatusPages.start(loaded, at, journal, runner);
    } catch (MirrorException.Operator e) {
      if (role == Runner.Roles.ALL || listen.isPresent()) {
        throw e;
      }
      log.warn("this process serves no pages, --listen gives it an address: {}", e.getMessage());
      return StatusPages.start(loaded, Optional.empty(), journal, runner);
    }
  }

  private Optional<ListenAddress> listen(MirrorConfig loaded) {
    if (listen.isEmpty() || listen.get().equals(ListenAddress.OFF)) {
      return listen.isEmpty() ? loaded.listen() : Optional.empty();
    }
    Optional<ListenAddress> address = ListenAddress.parse(listen.get());
    if (address.isEmpty()) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--listen: '" + listen.get() + "' is not HOST:PORT, nor off");
    }
    return address;
  }
}
