package io.understudy.app.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.understudy.testkit.PostgresServer;
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
 * The real {@code pgbench} of PostgreSQL, which the embedded binaries do not bring, on the tables
 * of {@link TpcB}.
 */
final class Pgbench implements Load {
  private static final int CLIENTS = 8;

  private final Path program = find();
  private final PostgresServer server;
  private final String database;
  private final Path output;

  Pgbench(PostgresServer server, String database, Path output) {
    this.server = server;
    this.database = database;
    this.output = output;
  }

  @Override
  public void run(Duration duration, long seed) throws IOException, InterruptedException {
    run(duration, seed, List.of());
  }

  @Override
  public void runAtRate(int rate, Duration duration, long seed)
      throws IOException, InterruptedException {
    run(duration, seed, List.of("--rate=" + rate));
  }

  private void run(Duration duration, long seed, List<String> options)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(program.toString(), "--no-vacuum"));
    command.addAll(List.of("--client=" + CLIENTS, "--jobs=2", "--random-seed=" + seed));
    command.addAll(
        List.of(
            "--time=" + duration.toSeconds(),
            "--host=" + server.host(),
            "--port=" + server.port()));
    command.addAll(options);
    command.addAll(List.of("--username=" + PostgresServer.USER, database));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
    builder.environment().put("PGPASSWORD", server.password());
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
