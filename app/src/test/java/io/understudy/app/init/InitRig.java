package io.understudy.app.init;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.understudy.app.harness.Connections;
import io.understudy.app.harness.Engine;
import io.understudy.app.harness.Findings;
import io.understudy.app.harness.Machines;
import io.understudy.app.harness.ProductProcess;
import io.understudy.app.harness.RowComparison;
import io.understudy.app.harness.Sql;
import io.understudy.testkit.DatabaseServer;
import io.understudy.testkit.PostgresServer;
import io.understudy.testkit.PostgresSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.UUID;

/**
 * A source with a schema and an empty standby, of the version whose {@code pg_dump} Debian has.
 * Logs stay in {@code target/init}.
 */
final class InitRig implements AutoCloseable {
  private static final String MAJOR = "15";
  private static final Duration LIMIT = Duration.ofMinutes(4);
  private static final String WEST = "_west";
  private static final long LOOK_MILLIS = 20;

  final Machines machines;
  private final String name;
  private final Path folder;
  private final List<ProductProcess> processes = new ArrayList<>();
  private long marks;

  static Machines machines() {
    PostgresSettings settings =
        PostgresSettings.defaults()
            .withMajor(MAJOR)
            .withPassword(Engine.PASSWORD)
            .with("max_prepared_transactions", "10");
    return new Machines(Engine.POSTGRESQL, () -> PostgresServer.start(settings));
  }

  /**
   * @param more lines of mirror.yaml
   */
  InitRig(Machines machines, String name, String more) throws IOException, SQLException {
    this.machines = machines;
    this.name = name;
    this.folder =
        Files.createDirectories(Path.of("target", "init", name + "-" + System.nanoTime()));
    machines.source().createDatabase(name);
    machines.standby().createDatabase(name);
    Files.writeString(folder.resolve("mirror.yaml"), yaml() + more, UTF_8);
  }

  /** With another place for the standby. */
  InitRig withStandbyUrl(String url) throws IOException {
    Path file = folder.resolve("mirror.yaml");
    String there = machines.standby().jdbcUrl(name);
    Files.writeString(file, Files.readString(file, UTF_8).replace(there, url), UTF_8);
    return this;
  }

  /** Logged in everywhere as a role that {@link #loginRole} made. */
  InitRig withLogin(String role) throws IOException {
    Path file = folder.resolve("mirror.yaml");
    String user = "user: " + machines.source().user() + ",";
    String read = Files.readString(file, UTF_8);
    Files.writeString(file, read.replace(user, "user: " + role + ","), UTF_8);
    return this;
  }

  /** A role on both servers that may log in, and nothing else. */
  void loginRole(String role) throws SQLException {
    role(role);
    for (DatabaseServer server : List.of(machines.source(), machines.standby())) {
      try (Connection connection = server.connect()) {
        Sql.run(connection, "ALTER ROLE " + role + " LOGIN PASSWORD '" + server.password() + "'");
      }
    }
  }

  /** One more standby, without anything: database {@code west} of mirror.yaml. */
  void addStandby() throws IOException, SQLException {
    machines.standby().createDatabase(name + WEST);
    Path file = folder.resolve("mirror.yaml");
    String south = "  south: ";
    String read = Files.readString(file, UTF_8);
    String line = read.lines().filter(text -> text.startsWith(south)).findFirst().orElseThrow();
    String west =
        line.replace(south, "  west: ")
            .replace(machines.standby().jdbcUrl(name), machines.standby().jdbcUrl(name + WEST));
    Files.writeString(file, read.replace(line, line + "\n" + west), UTF_8);
  }

  /** The standby with nothing in it, as it was in the beginning. */
  void emptyStandby() throws SQLException {
    try (Connection connection = machines.standby().connect()) {
      Sql.run(connection, "DROP DATABASE " + name + " WITH (FORCE)");
    }
    machines.standby().createDatabase(name);
  }

  Connection west() throws SQLException {
    return machines.standby().connect(name + WEST);
  }

  String westSchema() throws IOException, InterruptedException {
    return schema(machines.standby(), name + WEST);
  }

  Findings compareWest() throws SQLException {
    return compareRows(this::west);
  }

  static String script(String resource) throws IOException {
    try (var in = InitRig.class.getResourceAsStream(resource)) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  Connection source() throws SQLException {
    return machines.source().connect(name);
  }

  /** A session of the source that sends what it is given as one message. */
  Connection simple() throws SQLException {
    DatabaseServer server = machines.source();
    return DriverManager.getConnection(
        server.jdbcUrl(name) + "?preferQueryMode=simple", server.user(), server.password());
  }

  Connection standby() throws SQLException {
    return machines.standby().connect(name);
  }

  void onSource(String sql) throws SQLException {
    try (Connection connection = source();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** A role on both servers. */
  void role(String role) throws SQLException {
    for (DatabaseServer server : List.of(machines.source(), machines.standby())) {
      roleOn(server, role);
    }
  }

  static void roleOn(DatabaseServer server, String role) throws SQLException {
    try (Connection connection = server.connect()) {
      if (Sql.number(connection, "SELECT count(*) FROM pg_roles WHERE rolname = '" + role + "'")
          == 0) {
        Sql.run(connection, "CREATE ROLE " + role);
      }
    }
  }

  ProductProcess start(String... command) {
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.addAll(List.of("-c", folder.resolve("mirror.yaml").toString()));
    ProductProcess process =
        new ProductProcess(
            processes.size() + "-" + command[0],
            folder,
            Map.of(),
            arguments.toArray(String[]::new));
    processes.add(process);
    process.start();
    return process;
  }

  /** Runs a command to its end, and returns what it said. */
  String command(int code, String... command) throws InterruptedException {
    ProductProcess process = start(command);
    OptionalInt ended = process.awaitExit(LIMIT);
    if (!ended.equals(OptionalInt.of(code))) {
      throw new AssertionError(command[0] + " ended with " + ended + ":\n" + process.said());
    }
    return process.stdout() + process.stderr();
  }

  /** Writes on the source, into table {@code public.mark}, and waits until the standby shows it. */
  void awaitCaughtUp(ProductProcess running) throws SQLException, InterruptedException {
    awaitCaughtUp(running, this::standby);
  }

  void awaitCaughtUp(ProductProcess running, Connections followers)
      throws SQLException, InterruptedException {
    long mark = ++marks;
    long deadline = System.nanoTime() + LIMIT.toNanos();
    onSource("INSERT INTO public.mark VALUES (" + mark + ")");
    try (Connection standby = followers.open()) {
      while (Sql.number(standby, "SELECT count(*) FROM public.mark WHERE id = " + mark) == 0) {
        running.requireRunning();
        requireNotHeld(standby);
        if (System.nanoTime() > deadline) {
          throw new AssertionError("the standby did not follow:\n" + running.said());
        }
        Thread.sleep(LOOK_MILLIS);
      }
    }
  }

  private static void requireNotHeld(Connection standby) throws SQLException {
    String held = held(standby);
    if (held != null) {
      throw new AssertionError("the standby waits: " + held);
    }
  }

  /** What the standby waits for; null if it does not. */
  static String held(Connection standby) throws SQLException {
    return Sql.text(
        standby,
        "SELECT max(statement || ' -- ' || why) FROM understudy.held WHERE decision IS NULL");
  }

  Findings compareRows() throws SQLException {
    return compareRows(this::standby);
  }

  private Findings compareRows(Connections standby) throws SQLException {
    Findings findings = new Findings();
    new RowComparison(Engine.POSTGRESQL.dialect(), this::source, standby, findings, table -> "rows")
        .run();
    return findings;
  }

  /** What {@code pg_dump} says of a side, without what is Understudy's. */
  String schema(DatabaseServer server) throws IOException, InterruptedException {
    return schema(server, name);
  }

  private String schema(DatabaseServer server, String database)
      throws IOException, InterruptedException {
    String url = server.jdbcUrl(database);
    String address = url.substring(url.indexOf("//"));
    ProcessBuilder dump =
        new ProcessBuilder(
            "pg_dump",
            "--schema-only",
            "--exclude-schema=understudy",
            "--no-publications",
            "--dbname=postgresql:" + address);
    dump.environment().put("PGUSER", server.user());
    dump.environment().put("PGPASSWORD", server.password());
    Path text = folder.resolve("schema-" + UUID.randomUUID() + ".sql");
    Process process = dump.redirectOutput(text.toFile()).redirectErrorStream(true).start();
    int code = process.waitFor();
    String said = Files.readString(text);
    if (code != 0) {
      throw new AssertionError("pg_dump ended with " + code + ": " + said);
    }
    // A word that newer versions make up anew each time.
    return said.replaceAll("(?m)^\\\\(un)?restrict .*$", "")
        .replaceAll(
            "(?m)^--\\n-- Name: understudy_\\w+; Type: EVENT TRIGGER;.*\\n--\\n\\n"
                + "CREATE EVENT TRIGGER [^;]*;\\n+(ALTER EVENT TRIGGER .*;\\n+)?",
            "");
  }

  private String yaml() {
    return """
    mirror: %s
    databases:
      north: { url: "%s", user: %s, password: "%s" }
      south: { url: "%s", user: %s, password: "%s" }
    source: north
    journal: { bootstrap-servers: "%s", replication-factor: 1 }
    retry: { initial: 200ms, max: 2s }
    http: { listen: "off" }
    """
        .formatted(
            name,
            machines.source().jdbcUrl(name),
            machines.source().user(),
            machines.source().password(),
            machines.standby().jdbcUrl(name),
            machines.standby().user(),
            machines.standby().password(),
            machines.kafka().bootstrapServers());
  }

  @Override
  public void close() {
    processes.forEach(ProductProcess::close);
  }
}
