package io.understudy.app.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.understudy.app.harness.Connections;
import io.understudy.app.harness.Dialect;
import io.understudy.app.harness.Engine;
import io.understudy.app.harness.Findings;
import io.understudy.app.harness.Machines;
import io.understudy.app.harness.ProductProcess;
import io.understudy.app.harness.Sql;
import io.understudy.journal.MirrorName;
import io.understudy.journal.kafka.Journal;
import io.understudy.journal.kafka.JournalLimits;
import io.understudy.journal.kafka.KafkaSettings;
import io.understudy.testkit.DatabaseServer;
import io.understudy.testkit.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * One mirror of one database, run as its users run it: a {@code mirror.yaml}, {@code understudy
 * init}, and a process each for the reader and the applier. Logs stay in {@code target/chaos}.
 */
final class MirrorUnderTest implements AutoCloseable {
  static final String PROCESSES = "processes of the mirror";
  private static final Duration INIT_LIMIT = Duration.ofMinutes(3);

  private final Machines machines;
  private final MirrorName name;
  private final Path folder;
  private final Map<String, String> environment;
  private final List<ProductProcess> processes = new CopyOnWriteArrayList<>();
  private final Findings findings = new Findings();
  private final History history = new History();

  /**
   * @param environment of the product's processes, besides what this JVM has
   */
  MirrorUnderTest(Machines machines, String name, Map<String, String> environment)
      throws IOException, SQLException {
    this(machines, name, environment, "");
  }

  /**
   * @param more lines of its {@code mirror.yaml}
   */
  MirrorUnderTest(Machines machines, String name, Map<String, String> environment, String more)
      throws IOException, SQLException {
    this.machines = machines;
    this.name = new MirrorName(name);
    this.environment = environment;
    this.folder =
        Files.createDirectories(Path.of("target", "chaos")).resolve(name + "-" + System.nanoTime());
    Files.createDirectory(folder);
    Files.writeString(folder.resolve("mirror.yaml"), yaml() + more, UTF_8);
    Dialect dialect = engine().dialect();
    for (DatabaseServer server : List.of(machines.source(), machines.standby())) {
      server.createDatabase(name);
      Sql.run(() -> server.connect(name), TpcB.tables(dialect) + Ledger.tables(dialect));
    }
    Sql.run(source(), Ledger.ROWS);
  }

  Engine engine() {
    return machines.engine();
  }

  Connections source() {
    return () -> machines.source().connect(name.value());
  }

  Connections standby() {
    return () -> machines.standby().connect(name.value());
  }

  /** Whichever of the two can be written to, as the driver finds it out. */
  Connections primary() {
    String north = machines.source().jdbcUrl(name.value());
    String south = machines.standby().jdbcUrl(name.value());
    String prefix = "jdbc:postgresql://";
    String both =
        north.replace(
            prefix, prefix + south.substring(prefix.length(), south.lastIndexOf('/')) + ",");
    String url =
        both
            + (both.contains("?") ? "&" : "?")
            + "targetServerType=primary&hostRecheckSeconds=0&connectTimeout=5";
    return () ->
        DriverManager.getConnection(url, machines.source().user(), machines.source().password());
  }

  Findings findings() {
    return findings;
  }

  History history() {
    return history;
  }

  /** The load of TPC-B: by the engine's own program if it has one. */
  Load load() {
    return machines.source() instanceof PostgresServer server
        ? new Pgbench(server, name.value(), folder.resolve("pgbench.log"))
        : new TpcB(source());
  }

  Checker checker() {
    return new Checker(engine().dialect(), source(), standby(), this::journal, findings);
  }

  JournalAudit journal() {
    return new JournalAudit(machines.kafka().bootstrapServers(), name);
  }

  /** Its journal, as the product sees it. */
  Journal connect() {
    return Journal.connect(
        name,
        KafkaSettings.cluster(machines.kafka().bootstrapServers(), Map.of(), 1),
        JournalLimits.DEFAULT);
  }

  /** {@code understudy init}, to its end. */
  void init() throws IOException, InterruptedException {
    ProductProcess init = process("init", "init");
    init.start();
    OptionalInt code = init.awaitExit(INIT_LIMIT);
    processes.remove(init);
    String said = init.said();
    init.close();
    if (!code.equals(OptionalInt.of(0))) {
      throw new IllegalStateException("init ended with " + code + ":\n" + said);
    }
  }

  /** Its {@code mirror.yaml}. */
  Path configuration() {
    return folder.resolve("mirror.yaml");
  }

  /** A reader, not yet started. */
  ProductProcess reader(String processName) {
    return process(processName, "run", "--role", "reader");
  }

  /** An applier, not yet started. */
  ProductProcess applier(String processName) {
    return process(processName, "run", "--role", "applier");
  }

  ProductProcess process(String processName, String... command) {
    String[] arguments = Arrays.copyOf(command, command.length + 2);
    arguments[command.length] = "-c";
    arguments[command.length + 1] = folder.resolve("mirror.yaml").toString();
    ProductProcess process = new ProductProcess(processName, folder, environment, arguments);
    processes.add(process);
    return process;
  }

  /** Throws if a process ended that nobody killed. */
  void requireRunning() {
    processes.forEach(ProductProcess::requireRunning);
  }

  /** A process whose end is part of the test: {@link #requireRunning} leaves it out. */
  void expectEnd(ProductProcess process) {
    processes.remove(process);
  }

  /** The same with the two databases in each other's role. */
  Checker reversedChecker() {
    return new Checker(engine().dialect(), standby(), source(), this::journal, findings);
  }

  /** Runs a command to its end, and returns what it said. */
  String command(int expected, String... command) throws InterruptedException {
    ProductProcess process = process(command[0], command);
    process.start();
    OptionalInt code = process.awaitExit(INIT_LIMIT);
    processes.remove(process);
    String said = process.stdout() + process.stderr();
    process.close();
    if (!code.equals(OptionalInt.of(expected))) {
      throw new AssertionError(String.join(" ", command) + " ended with " + code + ":\n" + said);
    }
    return said;
  }

  /**
   * Waits for the standby, and checks everything; a process that ended is a finding.
   *
   * @return what the journal holds
   */
  JournalRules check(Duration catchUp) throws SQLException, InterruptedException {
    try {
      checker().awaitCaughtUp(catchUp, this::requireRunning);
      requireRunning();
    } catch (IllegalStateException e) {
      findings.add(PROCESSES, e.getMessage());
    }
    return checker().run(history);
  }

  private String yaml() {
    return """
    mirror: %s
    databases:
      north: { url: "%s", user: %s, password: "%s" }
      south: { url: "%s", user: %s, password: "%s" }
    source: north
    journal: { bootstrap-servers: "%s", replication-factor: 1, piece-bytes: 64KiB }
    tables: { include: ["%s.*"] }
    retry: { initial: 200ms, max: 2s }
    http: { listen: "off" }
    """
        .formatted(
            name,
            machines.source().jdbcUrl(name.value()),
            machines.source().user(),
            machines.source().password(),
            machines.standby().jdbcUrl(name.value()),
            machines.standby().user(),
            machines.standby().password(),
            machines.kafka().bootstrapServers(),
            engine().dialect().schema(name.value()));
  }

  @Override
  public void close() {
    processes.forEach(ProductProcess::close);
  }
}
