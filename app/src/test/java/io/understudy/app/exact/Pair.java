package io.understudy.app.exact;

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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;

/**
 * Two servers of one version of PostgreSQL, a broker, and a mirror between two databases of theirs
 * whose sessions begin with odd settings, other ones on either side. Logs stay in {@code
 * target/exact}.
 */
final class Pair implements AutoCloseable {
  private static final String NAME = "exact";
  private static final Duration COMMAND_LIMIT = Duration.ofMinutes(4);
  private static final long LOOK_MILLIS = 50;
  private static final String ODD_SOURCE =
      """
      ALTER DATABASE exact SET datestyle = 'German';
      ALTER DATABASE exact SET intervalstyle = 'sql_standard';
      ALTER DATABASE exact SET timezone = 'Asia/Kathmandu';
      ALTER DATABASE exact SET extra_float_digits = -15;
      ALTER DATABASE exact SET bytea_output = 'escape';
      ALTER ROLE postgres SET quote_all_identifiers = on;
      ALTER ROLE postgres SET search_path = nowhere""";
  private static final String ODD_STANDBY =
      """
      ALTER DATABASE exact SET datestyle = 'SQL, DMY';
      ALTER DATABASE exact SET timezone = 'America/St_Johns';
      ALTER DATABASE exact SET array_nulls = off;
      ALTER DATABASE exact SET xmloption = document;
      ALTER ROLE postgres SET intervalstyle = 'iso_8601';
      ALTER ROLE postgres SET extra_float_digits = 0;
      ALTER ROLE postgres SET transform_null_equals = on;
      ALTER ROLE postgres SET default_transaction_isolation = 'serializable';
      ALTER ROLE postgres SET standard_conforming_strings = off;
      ALTER ROLE postgres SET search_path = nowhere""";

  /** In which scripts mean the same on both sides. */
  private static final String SESSION =
      """
      SET datestyle = 'ISO, YMD'; SET intervalstyle = 'postgres'; SET timezone = 'UTC';
      SET extra_float_digits = 1; SET bytea_output = 'hex'; SET array_nulls = on;
      SET xmloption = content; SET transform_null_equals = off; SET escape_string_warning = off;
      SET standard_conforming_strings = on; SET default_transaction_isolation = 'read committed';
      SET default_transaction_read_only = off; SET quote_all_identifiers = off""";

  private final Machines machines;
  private final Path folder;
  private final List<ProductProcess> processes = new ArrayList<>();
  private String heap = "256m";
  private long marks;

  /**
   * @param setting what the databases in mirror.yaml have besides
   */
  Pair(int major, String setting) throws IOException, SQLException {
    PostgresSettings settings =
        PostgresSettings.defaults()
            .withMajor(Integer.toString(major))
            .withPassword(Engine.PASSWORD)
            .with("max_prepared_transactions", "10")
            .with("max_locks_per_transaction", "256");
    machines = new Machines(Engine.POSTGRESQL, () -> PostgresServer.start(settings));
    try {
      folder =
          Files.createDirectories(Path.of("target", NAME))
              .resolve(major + setting.replaceAll("\\W+", "-") + "-" + System.nanoTime());
      Files.createDirectory(folder);
      Files.writeString(folder.resolve("mirror.yaml"), yaml(setting), UTF_8);
      database(machines.source(), ODD_SOURCE);
      database(machines.standby(), ODD_STANDBY);
      onBoth("CREATE TABLE public.mark (id bigint PRIMARY KEY)");
    } catch (IOException | SQLException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private static void database(DatabaseServer server, String odd) throws SQLException {
    server.createDatabase(NAME);
    try (Connection connection = server.connect()) {
      Sql.run(connection, odd);
    }
  }

  /** With another heap for the mirror's processes than 256 MiB. */
  Pair withHeap(String size) {
    heap = size;
    return this;
  }

  /** A session of the source, for scripts. */
  Connection source() throws SQLException {
    return session(machines.source());
  }

  /** A session of the standby that may write, whatever its server says. */
  Connection standby() throws SQLException {
    return session(machines.standby());
  }

  private static Connection session(DatabaseServer server) throws SQLException {
    Connection connection =
        DriverManager.getConnection(
            server.jdbcUrl(NAME) + "?preferQueryMode=simple", server.user(), server.password());
    Sql.run(connection, SESSION);
    return connection;
  }

  void onBoth(String sql) throws SQLException {
    for (DatabaseServer server : List.of(machines.source(), machines.standby())) {
      try (Connection connection = session(server)) {
        Sql.run(connection, sql);
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
                arguments.toArray(String[]::new))
            .withHeap(heap);
    processes.add(process);
    process.start();
    return process;
  }

  /** Runs a command to its end. */
  void command(String... command) throws InterruptedException {
    ProductProcess process = start(command);
    OptionalInt code = process.awaitExit(COMMAND_LIMIT);
    if (!code.equals(OptionalInt.of(0))) {
      throw new AssertionError(command[0] + " ended with " + code + ":\n" + process.said());
    }
  }

  /** Stops what runs as an operator does. */
  void stop(ProductProcess process) throws InterruptedException {
    process.terminate();
    process.awaitExit(COMMAND_LIMIT);
  }

  /** Writes on the source and waits until the standby shows it. */
  void awaitCaughtUp(Duration limit, ProductProcess... running)
      throws SQLException, InterruptedException {
    long mark = ++marks;
    long deadline = System.nanoTime() + limit.toNanos();
    try (Connection source = source();
        Connection standby = standby()) {
      Sql.run(source, "INSERT INTO public.mark VALUES (" + mark + ")");
      String seen = "SELECT count(*) FROM public.mark WHERE id = " + mark;
      while (Sql.number(standby, seen) == 0) {
        for (ProductProcess process : running) {
          process.requireRunning();
          if (System.nanoTime() > deadline) {
            throw new AssertionError("the standby did not follow:\n" + process.said());
          }
        }
        Thread.sleep(LOOK_MILLIS);
      }
    }
  }

  /**
   * Compares every row of both sides.
   *
   * @param check what the findings of a table, by its quoted name, are grouped under
   */
  Findings compare(UnaryOperator<String> check) throws SQLException {
    Findings findings = new Findings();
    Connections left = () -> machines.source().connect(NAME);
    Connections right = () -> machines.standby().connect(NAME);
    new RowComparison(Engine.POSTGRESQL.dialect(), left, right, findings, check).run();
    return findings;
  }

  private String yaml(String setting) {
    return """
    mirror: exact
    databases:
      north: { url: "%s", user: %s, password: "%s"%s }
      south: { url: "%s", user: %s, password: "%s"%s }
    source: north
    journal: { bootstrap-servers: "%s", replication-factor: 1 }
    retry: { initial: 200ms, max: 2s }
    http: { listen: "off" }
    """
        .formatted(
            machines.source().jdbcUrl(NAME),
            machines.source().user(),
            machines.source().password(),
            setting,
            machines.standby().jdbcUrl(NAME),
            machines.standby().user(),
            machines.standby().password(),
            setting,
            machines.kafka().bootstrapServers());
  }

  @Override
  public void close() {
    processes.forEach(ProductProcess::close);
    machines.close();
  }
}
