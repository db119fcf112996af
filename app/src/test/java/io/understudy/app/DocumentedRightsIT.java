package io.understudy.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.understudy.app.harness.Connections;
import io.understudy.app.harness.Engine;
import io.understudy.app.harness.Findings;
import io.understudy.app.harness.Machines;
import io.understudy.app.harness.OverEngines;
import io.understudy.app.harness.ProductProcess;
import io.understudy.app.harness.RowComparison;
import io.understudy.app.harness.Sql;
import io.understudy.testkit.DatabaseServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
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
 * make a mirror, run it, change its source and promote, once a superuser has run what {@code check}
 * prints; and the sample tables can be mirrored.
 */
class DocumentedRightsIT {
  private static final String PASSWORD = "understudy-password";
  private static final Duration LIMIT = Duration.ofMinutes(3);

  @TempDir private Path folder;

  @OverEngines
  @Timeout(value = 15, unit = TimeUnit.MINUTES)
  void areEnoughForEveryCommand(Engine engine) throws Exception {
    try (Machines machines = new Machines(engine)) {
      for (DatabaseServer server : List.of(machines.source(), machines.standby())) {
        server.createDatabase("shop");
        Connections database = () -> server.connect("shop");
        for (String script : Deployment.of(engine).onBoth()) {
          Sql.run(database, script);
        }
      }
      Connections source = () -> machines.source().connect("shop");
      Connections standby = () -> machines.standby().connect("shop");
      Sql.run(source, Deployment.of(engine).rows());
      configure(machines, engine.dialect().schema("shop"));
      Deployment deployment = Deployment.of(engine);
      if (deployment.whole()) {
        runWhatCheckSays(source);
        assertThat(command(0, "check"))
            .doesNotContain("changes of the schema")
            .doesNotContain("switchover");
      }
      command(0, "init");
      try (ProductProcess run = start("run")) {
        Sql.run(source, "INSERT INTO customer (id, name) VALUES (5000, 'you')");
        awaitRows(run, source, standby);
        if (deployment.whole()) {
          Sql.run(source, "SET ROLE shop; ALTER TABLE customer ADD COLUMN note text DEFAULT 'new'");
          Sql.run(source, "INSERT INTO customer (id, name, note) VALUES (5001, 'you', 'too')");
          awaitRows(run, source, standby);
          command(0, "verify");
          command(0, "switchover", "--to", "south");
          Sql.run(standby, "INSERT INTO customer (id, name, note) VALUES (5002, 'you', 'again')");
          awaitRows(run, source, standby);
          Awaitility.await().atMost(LIMIT).until(() -> isDone("switchover", "--to", "north"));
          Sql.run(source, "INSERT INTO customer (id, name, note) VALUES (5003, 'you', 'back')");
          awaitRows(run, source, standby);
        }
      }
      Findings findings = new Findings();
      new RowComparison(engine.dialect(), source, standby, findings).run();
      assertThat(findings.toString()).isEqualTo("no findings");
      command(0, "promote", "--to", "south", "--allow-data-loss");
      Sql.run(standby, "INSERT INTO customer (name) VALUES ('still here')");
    }
  }

  /** As a superuser would, so that only what needs one is done by one. */
  private void runWhatCheckSays(Connections source) throws Exception {
    JsonNode found = new ObjectMapper().readTree(command(0, "check", "--json"));
    String printed = command(0, "check", "--sql", "north");
    for (JsonNode warning : found.get("warnings")) {
      if (warning.get("where").asText().equals("north") && warning.has("statement")) {
        String statement = warning.get("statement").asText().strip();
        assertThat(printed).contains(statement);
        if (statement.contains("EVENT TRIGGER")) {
          try (Connection superuser = source.open();
              Statement whole = superuser.createStatement()) {
            whole.execute(statement);
          }
        }
      }
    }
  }

  private static void awaitRows(ProductProcess run, Connections source, Connections standby) {
    Awaitility.await()
        .atMost(LIMIT)
        .untilAsserted(
            () -> {
              run.requireRunning();
              assertThat(rows(standby)).as(run::said).isEqualTo(rows(source));
            });
  }

  private static long rows(Connections database) throws SQLException {
    try (Connection connection = database.open()) {
      return Sql.number(connection, "SELECT count(*) FROM customer");
    }
  }

  /**
   * What the containers of an engine are set up with.
   *
   * @param onBoth scripts for both servers, in their order
   * @param rows script that fills the source's tables
   * @param whole whether all commands are there for the engine
   */
  private record Deployment(List<String> onBoth, String rows, boolean whole) {
    static Deployment of(Engine engine) throws IOException {
      String folder = engine.toString();
      return switch (engine) {
        case POSTGRESQL ->
            new Deployment(
                List.of(script("postgres", "10-roles.sql"), script("postgres", "20-schema.sql")),
                script("postgres", "30-rows.sql"),
                true);
        case MYSQL, MARIADB ->
            new Deployment(
                List.of(
                    "CREATE USER understudy IDENTIFIED BY '" + PASSWORD + "'",
                    script(folder, "20-rights.sql"),
                    script(folder, "30-schema.sql")),
                script(folder, "40-rows.sql"),
                false);
      };
    }

    /** Without its comments, which may hold semicolons, and with the password where psql has it. */
    private static String script(String folder, String name) throws IOException {
      return Files.readString(Path.of("..", "compose", folder, name))
          .replaceAll("(?m)--.*$|^\\\\.*$", "")
          .replaceAll(":'\\w+_password'", "'" + PASSWORD + "'");
    }
  }

  private void configure(Machines machines, String schema) throws IOException {
    Files.writeString(
        folder.resolve("mirror.yaml"),
        """
        mirror: shop
        databases:
          north: { url: "%s", user: understudy, password: "%s" }
          south: { url: "%s", user: understudy, password: "%s" }
        source: north
        journal: { bootstrap-servers: "%s", replication-factor: 1 }
        tables: { include: ["%s.*"] }
        http: { listen: "off" }
        """
            .formatted(
                machines.source().jdbcUrl("shop"),
                PASSWORD,
                machines.standby().jdbcUrl("shop"),
                PASSWORD,
                machines.kafka().bootstrapServers(),
                schema),
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

  private String command(int code, String... command) throws InterruptedException {
    try (ProductProcess process = start(command)) {
      assertThat(process.awaitExit(LIMIT)).as(process::said).isEqualTo(OptionalInt.of(code));
      return process.stdout();
    }
  }

  private boolean isDone(String... command) throws InterruptedException {
    try (ProductProcess process = start(command)) {
      return process.awaitExit(LIMIT).orElse(-1) == 0;
    }
  }
}
