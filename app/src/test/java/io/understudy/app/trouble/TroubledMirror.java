package io.understudy.app.trouble;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.app.harness.Connections;
import io.understudy.app.harness.Dialect;
import io.understudy.app.harness.Engine;
import io.understudy.app.harness.Findings;
import io.understudy.app.harness.Machines;
import io.understudy.app.harness.ProductProcess;
import io.understudy.app.harness.RowComparison;
import io.understudy.app.harness.Sql;
import io.understudy.testkit.DatabaseServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A small mirror as an operator has it: two databases, a {@code mirror.yaml}, and commands that end
 * with a code and a message. A test hurts it, reads the message, does what it says, and asks
 * whether the pair is identical. Logs stay in {@code target/trouble}.
 */
final class TroubledMirror implements AutoCloseable {
  static final String SOURCE = "north";
  static final String STANDBY = "south";
  private static final Duration COMMAND_LIMIT = Duration.ofSeconds(90);
  private static final Duration CATCH_UP = Duration.ofSeconds(60);
  private static final long LOOK_MILLIS = 50;
  private static final AtomicInteger NUMBERS = new AtomicInteger();
  private static final String TABLES =
      """
      CREATE TABLE item (id int PRIMARY KEY, label text NOT NULL, stock int NOT NULL DEFAULT 0);
      CREATE TABLE mark (id bigint PRIMARY KEY);
      """;

  private final Engine engine;
  private final Dialect dialect;
  private final DatabaseServer source;
  private final DatabaseServer standby;
  private final String name;
  private final Path folder;
  private final Deque<ProductProcess> processes = new ArrayDeque<>();
  private final AtomicInteger commands = new AtomicInteger();
  private long marks;

  /**
   * @param machines whose standby is used
   * @param journal the value of {@code journal} in mirror.yaml
   */
  TroubledMirror(Machines machines, DatabaseServer source, String journal)
      throws IOException, SQLException {
    this.engine = machines.engine();
    this.dialect = engine.dialect();
    this.source = source;
    this.standby = machines.standby();
    this.name = "trouble" + NUMBERS.incrementAndGet();
    this.folder =
        Files.createDirectories(Path.of("target", "trouble"))
            .resolve(name + "-" + System.nanoTime());
    Files.createDirectory(folder);
    for (DatabaseServer server : List.of(source, standby)) {
      server.createDatabase(name);
      Sql.run(() -> server.connect(name), TABLES);
    }
    onSource("INSERT INTO item SELECT n, concat('item ', n), n FROM " + Sql.numbers(100));
    writeYaml(yaml(journal));
  }

  String name() {
    return name;
  }

  /** A table of the mirror as messages name it. */
  String table(String table) {
    return dialect.schema(name) + "." + table;
  }

  /** A statement as remedies have it. */
  String alterItem(String action, String column) {
    return "ALTER TABLE %s.%s %s COLUMN %s"
        .formatted(
            dialect.quoted(dialect.schema(name)),
            dialect.quoted("item"),
            action,
            dialect.quoted(column));
  }

  String journalTopic() {
    return "understudy." + name + ".journal";
  }

  String stateTopic() {
    return "understudy." + name + ".state";
  }

  void onSource(String sql) throws SQLException {
    Sql.run(() -> source.connect(name), sql);
  }

  /** One statement, whatever semicolons it has. */
  void onSourceAtOnce(String sql) throws SQLException {
    try (Connection connection = source.connect(name);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** As somebody who insists, because a standby is read-only for everyone else. */
  void onStandby(String sql) throws SQLException {
    Sql.run(() -> standby.connect(name), dialect.insist() + ";" + sql);
  }

  Engine engine() {
    return engine;
  }

  /** The first column of a query's rows. */
  List<String> listOnSource(String sql) throws SQLException {
    return list(source, sql);
  }

  List<String> listOnStandby(String sql) throws SQLException {
    return list(standby, sql);
  }

  private List<String> list(DatabaseServer server, String sql) throws SQLException {
    List<String> list = new ArrayList<>();
    try (Connection connection = server.connect(name);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        list.add(rows.getString(1));
      }
    }
    return list;
  }

  /** A session of the source, to be closed by who asked. */
  Connection source() throws SQLException {
    return source.connect(name);
  }

  /** One value of the source. */
  String askSource(String sql) throws SQLException {
    try (Connection connection = source.connect(name)) {
      return Sql.text(connection, sql);
    }
  }

  String yaml() throws IOException {
    return Files.readString(folder.resolve("mirror.yaml"), UTF_8);
  }

  void writeYaml(String text) throws IOException {
    Files.writeString(folder.resolve("mirror.yaml"), text, UTF_8);
  }

  /** Starts a command and leaves it running. */
  ProductProcess start(String... command) {
    String[] arguments = Arrays.copyOf(command, command.length + 2);
    arguments[command.length] = "-c";
    arguments[command.length + 1] = folder.resolve("mirror.yaml").toString();
    ProductProcess process =
        new ProductProcess(
            commands.incrementAndGet() + "-" + command[0], folder, Map.of(), arguments);
    processes.push(process);
    process.start();
    return process;
  }

  /** Runs a command to its end. */
  Ending command(String... command) throws InterruptedException {
    return end(start(command));
  }

  /** Waits for the end of a command. */
  Ending end(ProductProcess process) throws InterruptedException {
    OptionalInt code = process.awaitExit(COMMAND_LIMIT);
    assertThat(code)
        .as("exit code of %s, which said:%n%s", process.name(), process.said())
        .isPresent();
    Ending ending = new Ending(code.getAsInt(), process.stdout(), process.stderr());
    process.close();
    processes.remove(process);
    return ending;
  }

  /** Stops what runs as an operator does; that is no trouble. */
  void stop(ProductProcess process) throws InterruptedException {
    process.terminate();
    Ending ending = end(process);
    assertThat(ending.code()).as(ending.stderr()).isZero();
  }

  void init(String... options) throws InterruptedException {
    String[] command = new String[options.length + 1];
    command[0] = "init";
    System.arraycopy(options, 0, command, 1, options.length);
    Ending ending = command(command);
    assertThat(ending.code()).as(ending.stderr()).isZero();
  }

  /** Writes on the source and waits until the standby shows it, then compares every row. */
  void requireIdentical(ProductProcess... running) throws SQLException, InterruptedException {
    long mark = ++marks;
    onSource("INSERT INTO mark VALUES (" + mark + ")");
    long deadline = System.nanoTime() + CATCH_UP.toNanos();
    while (!onStandbyIs(mark)) {
      for (ProductProcess process : running) {
        process.requireRunning();
      }
      assertThat(System.nanoTime())
          .as(
              () ->
                  "the standby did not follow; said: "
                      + Arrays.stream(running).map(ProductProcess::said).toList())
          .isLessThan(deadline);
      Thread.sleep(LOOK_MILLIS);
    }
    Findings findings = new Findings();
    Connections left = () -> source.connect(name);
    Connections right = () -> standby.connect(name);
    assertThat(new RowComparison(dialect, left, right, findings).run()).isPositive();
    assertThat(findings.toString()).isEqualTo("no findings");
  }

  private boolean onStandbyIs(long mark) throws SQLException {
    try (Connection connection = standby.connect(name);
        PreparedStatement statement =
            connection.prepareStatement("SELECT 1 FROM mark WHERE id = ?")) {
      statement.setLong(1, mark);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next();
      }
    }
  }

  private String yaml(String journal) {
    return """
    mirror: %s
    databases:
      north: { url: "%s", user: %s, password: "%s" }
      south: { url: "%s", user: %s, password: "%s" }
    source: north
    journal: %s
    tables: { include: ["%s.*"] }
    retry: { initial: 200ms, max: 2s }
    http: { listen: "off" }
    ddl: ignore
    """
        .formatted(
            name,
            source.jdbcUrl(name),
            source.user(),
            source.password(),
            standby.jdbcUrl(name),
            standby.user(),
            standby.password(),
            journal,
            dialect.schema(name));
  }

  @Override
  public void close() {
    processes.forEach(ProductProcess::close);
    processes.clear();
  }
}
