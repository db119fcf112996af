package io.understudy.app.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The real {@code pgbench} of PostgreSQL, which the embedded binaries do not bring: its TPC-B
 * transaction, on tables made by the statements here. {@code pgbench_history} has no key, and so
 * replica identity FULL.
 */
final class Pgbench {
  static final String TABLES =
      """
      CREATE TABLE pgbench_accounts (aid int PRIMARY KEY, bid int, abalance int, filler char(84)) WITH (fillfactor = 50);
      CREATE TABLE pgbench_tellers (tid int PRIMARY KEY, bid int, tbalance int, filler char(84)) WITH (fillfactor = 50);
      CREATE TABLE pgbench_branches (bid int PRIMARY KEY, bbalance int, filler char(88)) WITH (fillfactor = 50);
      CREATE TABLE pgbench_history (tid int, bid int, aid int, delta int, mtime timestamp, filler char(22));
      ALTER TABLE pgbench_history REPLICA IDENTITY FULL;
      """;

  private static final int CLIENTS = 8;

  private final Path program = find();
  private final String host;
  private final int port;
  private final String user;
  private final String password;
  private final String database;
  private final Path output;

  Pgbench(String host, int port, String user, String password, String database, Path output) {
    this.host = host;
    this.port = port;
    this.user = user;
    this.password = password;
    this.database = database;
    this.output = output;
  }

  static String rows(int scale) {
    return """
    INSERT INTO pgbench_branches SELECT b, 0, '' FROM generate_series(1, %1$d) b;
    INSERT INTO pgbench_tellers SELECT t, (t - 1) / 10 + 1, 0, '' FROM generate_series(1, %1$d * 10) t;
    INSERT INTO pgbench_accounts SELECT a, (a - 1) / 100000 + 1, 0, '' FROM generate_series(1, %1$d * 100000) a;
    """
        .formatted(scale);
  }

  /** Runs the TPC-B transactions with eight clients, as fast as it goes. */
  void run(Duration duration, long seed) throws IOException, InterruptedException {
    run(duration, seed, List.of());
  }

  /** The same with so many transactions a second. */
  void runAtRate(int rate, Duration duration, long seed) throws IOException, InterruptedException {
    run(duration, seed, List.of("--rate=" + rate));
  }

  private void run(Duration duration, long seed, List<String> options)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(program.toString(), "--no-vacuum"));
    command.addAll(List.of("--client=" + CLIENTS, "--jobs=2", "--random-seed=" + seed));
    command.addAll(List.of("--time=" + duration.toSeconds(), "--host=" + host, "--port=" + port));
    command.addAll(options);
    command.addAll(List.of("--username=" + user, database));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
    builder.environment().put("PGPASSWORD", password);
    Process process = builder.start();
    try {
      boolean ended = process.waitFor(duration.toSeconds() + 60, TimeUnit.SECONDS);
      if (!ended || process.exitValue() != 0) {
        throw new IllegalStateException(
            (ended ? "pgbench failed: " : "pgbench does not end: ")
                + Files.readString(output, UTF_8));
      }
    } finally {
      process.destroyForcibly();
    }
  }

  /** On the PATH, or where Debian's packages put it; the newest first. */
  private static Path find() {
    Stream<Path> onPath =
        Stream.of(Optional.ofNullable(System.getenv("PATH")).orElse("").split(":"))
            .map(folder -> Path.of(folder, "pgbench"));
    return Stream.concat(onPath, debian().stream())
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "pgbench is neither on the PATH nor in /usr/lib/postgresql/*/bin; install the"
                        + " Debian package postgresql-15 (apt-get install postgresql-15)"));
  }

  private static List<Path> debian() {
    Path versions = Path.of("/usr/lib/postgresql");
    if (!Files.isDirectory(versions)) {
      return List.of();
    }
    try (Stream<Path> folders = Files.list(versions)) {
      return folders
          .map(folder -> folder.resolve("bin/pgbench"))
          .sorted(Comparator.reverseOrder())
          .toList();
    } catch (IOException e) {
      throw new IllegalStateException("cannot list " + versions, e);
    }
  }
}
