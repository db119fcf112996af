package io.understudy.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.understudy.testkit.PostgresServer;
import io.understudy.testkit.PostgresSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code status} against real servers, with nothing else running. */
class StatusCommandIT {
  @TempDir private Path folder;

  @Test
  void tellsTheTruthWithoutADaemon() throws IOException, SQLException {
    try (PostgresServer north = PostgresServer.start(PostgresSettings.defaults());
        PostgresServer south = PostgresServer.start(PostgresSettings.defaults())) {
      makeTable(north);
      makeTable(south);
      configure(north, south);

      assertThat(status().at("/state").asText()).as("before init").isEqualTo("NOT_INITIALIZED");
      assertThat(run("init")).contains("mirror shop is made");

      JsonNode first = status();
      assertThat(first.at("/state").asText()).isEqualTo("MIRRORING");
      assertThat(first.at("/source").asText()).isEqualTo("north");
      assertThat(first.at("/reader/state").asText()).isEqualTo("DOWN");
      assertThat(first.at("/standbys/south/state").asText()).isEqualTo("DOWN");
      assertThat(first.at("/standbys/south/lag/transactions").asLong()).isZero();

      north.pause();
      JsonNode second = status();
      assertThat(second.at("/reader/source/state").asText()).isEqualTo("UNREACHABLE");
      assertThat(second.at("/standbys/south/lag/seconds").asDouble())
          .as("nothing has come meanwhile")
          .isGreaterThan(first.at("/standbys/south/lag/seconds").asDouble());
      north.resume();

      south.kill9();
      JsonNode third = status();
      assertThat(third.at("/standbys/south/state").asText()).isEqualTo("UNREACHABLE");
      assertThat(third.at("/standbys/south/applied").isNull()).isTrue();
      assertThat(third.at("/standbys/south/lag/seconds").isNull()).isTrue();
      assertThat(third.at("/reader/journaled/sequence").asLong()).isZero();
    }
  }

  private static void makeTable(PostgresServer server) throws SQLException {
    server.createDatabase("shop");
    try (Connection connection = server.connect("shop");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE item (id int PRIMARY KEY, name text)");
    }
  }

  private void configure(PostgresServer north, PostgresServer south) throws IOException {
    Files.writeString(
        folder.resolve("mirror.yaml"),
        """
        mirror: shop
        databases:
          north: { url: "%s", user: postgres, password: "%s" }
          south: { url: "%s", user: postgres, password: "%s" }
        source: north
        journal: { embedded: ./journal }
        tables: { include: ["public.*"] }
        """
            .formatted(
                north.jdbcUrl("shop"), north.password(), south.jdbcUrl("shop"), south.password()));
  }

  private JsonNode status() throws IOException {
    return new ObjectMapper().readTree(run("status", "--json"));
  }

  private String run(String command, String... options) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] arguments = new String[options.length + 3];
    arguments[0] = command;
    arguments[1] = "-c";
    arguments[2] = folder.resolve("mirror.yaml").toString();
    System.arraycopy(options, 0, arguments, 3, options.length);
    int code =
        Main.commandLine(new StopSignal(), new PrintWriter(out), new PrintWriter(err))
            .execute(arguments);
    assertThat(code).as(err.toString()).isZero();
    return out.toString();
  }
}
