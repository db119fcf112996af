package io.understudy.benchmarks;

import io.understudy.testkit.Folders;
import io.understudy.testkit.KafkaServer;
import io.understudy.testkit.PostgresServer;
import io.understudy.testkit.PostgresSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Copies one database to an empty one of another server, by {@code pg_dump} and {@code pg_restore},
 * and by {@code understudy init}, by turns: {@code make bench-init}. Each as programs of their own,
 * start-up included, two jobs at a time; ours tells the planner about the tables, too.
 */
final class InitBenchmark {
  /** Of the servers, that of the {@code pg_dump} on the {@code PATH}. */
  private static final String MAJOR = "15";

  private static final String DATABASE = "shop";
  private static final String JOBS = "2";

  private final String launcher;
  private final PostgresServer source;
  private final PostgresServer standby;
  private final KafkaServer kafka;
  private final Path folder;

  private InitBenchmark(
      String launcher,
      PostgresServer source,
      PostgresServer standby,
      KafkaServer kafka,
      Path folder) {
    this.launcher = launcher;
    this.source = source;
    this.standby = standby;
    this.kafka = kafka;
    this.folder = folder;
  }

  /**
   * @param arguments the program, the scale (100: about 500 MB), and how many rounds
   */
  public static void main(String[] arguments) throws Exception {
    int scale = Integer.parseInt(arguments[1]);
    int rounds = Integer.parseInt(arguments[2]);
    PostgresSettings settings =
        PostgresSettings.defaults()
            .withMajor(MAJOR)
            .withPassword("secret")
            .with("fsync", "on")
            .with("max_wal_size", "4GB");
    try (PostgresServer source = PostgresServer.start(settings);
        PostgresServer standby = PostgresServer.start(settings);
        KafkaServer kafka = KafkaServer.start()) {
      source.createDatabase(DATABASE);
      try (Connection client = source.connect(DATABASE)) {
        Shop.make(client, scale);
        System.out.printf(
            "database: %,d MB, %s%n", Shop.size(client) / 1_000_000, Shop.content(client));
      }
      Path folder = Folders.temporary("bench");
      try {
        new InitBenchmark(arguments[0], source, standby, kafka, folder).run(rounds);
      } finally {
        Folders.delete(folder);
      }
    }
  }

  private void run(int rounds) throws IOException, InterruptedException, SQLException {
    double theirs = 0;
    double ours = 0;
    for (int round = 1; round <= rounds; round++) {
      double dumped = seconds(dumpAndRestore("theirs_" + round));
      double copied = seconds(init("ours_" + round));
      theirs += dumped;
      ours += copied;
      System.out.printf(
          Locale.ROOT,
          "round %d: pg_dump and pg_restore %.1f s, understudy init %.1f s%n",
          round,
          dumped,
          copied);
    }
    System.out.printf(
        Locale.ROOT,
        "all: pg_dump -Fd -j%s and pg_restore -j%s %.1f s, understudy init --jobs %s %.1f s: %.2f times as fast%n",
        JOBS,
        JOBS,
        theirs,
        JOBS,
        ours,
        theirs / ours);
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }

  private Duration dumpAndRestore(String name)
      throws IOException, InterruptedException, SQLException {
    standby.createDatabase(name);
    Path dump = folder.resolve(name);
    long began = System.nanoTime();
    program(source, name + "-dump", "pg_dump", "-Fd", "-j" + JOBS, "-f", dump.toString(), DATABASE);
    Duration dumped = Duration.ofNanos(System.nanoTime() - began);
    program(standby, name + "-restore", "pg_restore", "-j" + JOBS, "-d", name, dump.toString());
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    System.out.printf(Locale.ROOT, "  (pg_dump alone %.1f s)%n", seconds(dumped));
    requireSame(name);
    return took;
  }

  private Duration init(String name) throws IOException, InterruptedException, SQLException {
    standby.createDatabase(name);
    Path yaml = folder.resolve(name + ".yaml");
    Files.writeString(
        yaml,
        """
        mirror: %s
        databases:
          north: { url: "%s", user: %s, password: "%s" }
          south: { url: "%s", user: %s, password: "%s" }
        source: north
        journal: { bootstrap-servers: "%s", replication-factor: 1 }
        """
            .formatted(
                name,
                source.jdbcUrl(DATABASE),
                source.user(),
                source.password(),
                standby.jdbcUrl(name),
                standby.user(),
                standby.password(),
                kafka.bootstrapServers()));
    long began = System.nanoTime();
    program(standby, name, launcher, "init", "--jobs", JOBS, "-c", yaml.toString());
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    System.out.print(Files.readString(folder.resolve(name + ".log")).indent(4));
    requireSame(name);
    forget(name);
    return took;
  }

  /** The next round is not to carry the log of this one. */
  private void forget(String mirror) throws SQLException {
    try (Connection client = source.connect(DATABASE);
        Statement statement = client.createStatement()) {
      statement.execute(
          "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
              + " WHERE slot_name LIKE '%"
              + mirror
              + "'");
    }
  }

  private void requireSame(String name) throws SQLException {
    try (Connection from = source.connect(DATABASE);
        Connection to = standby.connect(name)) {
      String wanted = Shop.content(from);
      String found = Shop.content(to);
      if (!wanted.equals(found)) {
        throw new IllegalStateException(name + " has " + found + " instead of " + wanted);
      }
    }
  }

  private void program(PostgresServer server, String log, String... command)
      throws IOException, InterruptedException {
    Path file = folder.resolve(log + ".log");
    List<String> words = new ArrayList<>(List.of(command));
    ProcessBuilder builder =
        new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(file.toFile());
    builder.environment().put("PGHOST", server.host());
    builder.environment().put("PGPORT", Integer.toString(server.port()));
    builder.environment().put("PGUSER", server.user());
    builder.environment().put("PGPASSWORD", server.password());
    int code = builder.start().waitFor();
    if (code != 0) {
      throw new IllegalStateException(
          command[0] + " ended with " + code + ":\n" + Files.readString(file));
    }
  }
}
