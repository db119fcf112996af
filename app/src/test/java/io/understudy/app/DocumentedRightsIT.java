package io.understudy.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.app.harness.Connections;
import io.understudy.app.harness.Engine;
import io.understudy.app.harness.Findings;
import io.understudy.app.harness.Machines;
import io.understudy.app.harness.OverLogFiles;
import io.understudy.app.harness.ProductProcess;
import io.understudy.app.harness.RowComparison;
import io.understudy.app.harness.Sql;
import io.understudy.testkit.DatabaseServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The rights that the containers' scripts grant, which are those of the first page, are enough to
 * make a mirror, run it and promote; and the sample tables can be mirrored.
 */
class DocumentedRightsIT {
  private static final String PASSWORD = "understudy-password";
  private static final Duration LIMIT = Duration.ofSeconds(90);

  @TempDir private Path folder;

  @OverLogFiles
  @Timeout(value = 8, unit = TimeUnit.MINUTES)
  void areEnoughForEveryCommand(Engine engine) throws Exception {
    try (Machines machines = new Machines(engine)) {
      for (DatabaseServer server : List.of(machines.source(), machines.standby())) {
        server.createDatabase("shop");
        Connections database = () -> server.connect("shop");
        Sql.run(database, "CREATE USER understudy IDENTIFIED BY '" + PASSWORD + "'");
        Sql.run(database, script(engine, "20-rights.sql"));
        Sql.run(database, script(engine, "30-schema.sql"));
      }
      Connections source = () -> machines.source().connect("shop");
      Connections standby = () -> machines.standby().connect("shop");
      Sql.run(source, script(engine, "40-rows.sql"));
      configure(machines);

      command(0, "init");
      try (ProductProcess run = start("run")) {
        Sql.run(source, "INSERT INTO customer (id, name) VALUES (5000, 'you')");
        Awaitility.await()
            .atMost(LIMIT)
            .until(
                () -> {
                  run.requireRunning();
                  return rows(standby) == rows(source);
                });
      }
      Findings findings = new Findings();
      new RowComparison(engine.dialect(), source, standby, findings).run();
      assertThat(findings.toString()).isEqualTo("no findings");
      command(0, "promote", "--to", "south");
      Sql.run(standby, "INSERT INTO customer (name) VALUES ('still here')");
    }
  }

  private static long rows(Connections database) throws SQLException {
    try (Connection connection = database.open()) {
      return Sql.number(connection, "SELECT count(*) FROM customer");
    }
  }

  /** Without its comments, which may hold semicolons. */
  private static String script(Engine engine, String name) throws IOException {
    Path file = Path.of("..", "compose", engine.toString(), name);
    return Files.readString(file).replaceAll("(?m)^--.*$", "");
  }

  private void configure(Machines machines) throws IOException {
    Files.writeString(
        folder.resolve("mirror.yaml"),
        """
        mirror: shop
        databases:
          north: { url: "%s", user: understudy, password: "%s" }
          south: { url: "%s", user: understudy, password: "%s" }
        source: north
        journal: { bootstrap-servers: "%s", replication-factor: 1 }
        tables: { include: ["shop.*"] }
        http: { listen: "off" }
        """
            .formatted(
                machines.source().jdbcUrl("shop"),
                PASSWORD,
                machines.standby().jdbcUrl("shop"),
                PASSWORD,
                machines.kafka().bootstrapServers()),
        UTF_8);
  }

  private ProductProcess start(String... command) {
    String[] arguments = Arrays.copyOf(command, command.length + 2);
    arguments[command.length] = "-c";
    arguments[command.length + 1] = folder.resolve("mirror.yaml").toString();
    ProductProcess process = new ProductProcess(command[0], folder, Map.of(), arguments);
    process.start();
    return process;
  }

  private void command(int code, String... command) throws InterruptedException {
    try (ProductProcess process = start(command)) {
      assertThat(process.awaitExit(LIMIT)).as(process::said).isEqualTo(OptionalInt.of(code));
    }
  }
}
