package io.understudy.app.tls;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.app.harness.ProductProcess;
import io.understudy.app.harness.Sql;
import io.understudy.testkit.Authority;
import io.understudy.testkit.KafkaServer;
import io.understudy.testkit.PostgresServer;
import io.understudy.testkit.PostgresSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * TLS to both databases and to Kafka with certificates of an authority made for the test: rows
 * travel, a server with another name or of another authority is refused, and secrets show nowhere.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class TlsIT {
  private static final String PASSWORD = "password-canary";
  private static final Duration LIMIT = Duration.ofMinutes(3);

  @TempDir private static Path folder;
  private static Authority trusted;
  private static Authority other;
  private static PostgresServer north;
  private static PostgresServer south;
  private static KafkaServer kafka;

  private final Commands understudy = new Commands(folder, Map.of("NORTH_PASSWORD", PASSWORD));

  @BeforeAll
  static void startServers() throws Exception {
    trusted = new Authority(folder, "trusted");
    other = new Authority(folder, "other");
    Authority.Certified database = trusted.certify("database", "dns:localhost");
    Authority.Certified broker = trusted.certify("broker", "ip:127.0.0.1");
    PostgresSettings settings =
        PostgresSettings.defaults()
            .withPassword(PASSWORD)
            .withTls(database.certificate(), database.key());
    north = PostgresServer.start(settings);
    south = PostgresServer.start(settings);
    kafka =
        KafkaServer.start(
            Map.of(
                "listener.security.protocol.map",
                "CLIENTS:SSL,CONTROLLER:PLAINTEXT",
                "ssl.keystore.location",
                broker.store().toString(),
                "ssl.keystore.password",
                Authority.PASSWORD,
                "ssl.keystore.type",
                "PKCS12",
                "ssl.truststore.location",
                trusted.trustStore().toString(),
                "ssl.truststore.password",
                Authority.PASSWORD,
                "ssl.truststore.type",
                "PKCS12"));
    for (PostgresServer server : List.of(north, south)) {
      server.createDatabase("shop");
      try (Connection connection = server.connect("shop")) {
        Sql.run(connection, "CREATE TABLE item (id int PRIMARY KEY, name text)");
      }
    }
    Files.writeString(folder.resolve("password"), PASSWORD + "\n");
    Files.writeString(folder.resolve("store-password"), Authority.PASSWORD + "\n");
  }

  @AfterAll
  static void stopServers() {
    kafka.close();
    south.close();
    north.close();
  }

  @AfterEach
  void endProcesses() {
    understudy.close();
  }

  @Test
  void rowsTravelOverTlsAndNoSecretIsShown() throws Exception {
    configure("localhost", trusted, trusted, "127.0.0.1");
    Sql.run(() -> north.connect("shop"), "INSERT INTO item VALUES (1, 'copied')");

    List<String> said = new ArrayList<>();
    said.add(understudy.run(0, "check", "-v"));
    said.add(understudy.run(0, "init", "-v"));
    ProductProcess run = understudy.start("run", "-v");
    Sql.run(() -> north.connect("shop"), "INSERT INTO item VALUES (2, 'followed')");
    Awaitility.await()
        .atMost(LIMIT)
        .until(
            () -> {
              run.requireRunning();
              return items(south) == 2;
            });
    said.add(understudy.run(0, "status", "--json", "-v"));
    try (Connection connection = north.connect("shop")) {
      assertThat(
              Sql.number(
                  connection,
                  "SELECT count(*) FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid)"
                      + " WHERE a.application_name LIKE '%understudy%' AND NOT s.ssl"))
          .isZero();
      assertThat(
              Sql.number(
                  connection,
                  "SELECT count(*) FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid)"
                      + " WHERE a.application_name LIKE '%understudy%' AND s.ssl"))
          .isPositive();
    }
    said.add(run.stdout() + run.stderr());
    assertThat(said).noneMatch(text -> text.contains("canary"));
  }

  @Test
  void aDatabaseWithAnotherNameIsRefused() throws Exception {
    configure("127.0.0.1", trusted, trusted, "127.0.0.1");

    refused("write the host in the URL as the server's certificate names it");
  }

  @Test
  void aDatabaseOfAnUnknownAuthorityIsRefused() throws Exception {
    configure("localhost", other, trusted, "127.0.0.1");

    refused("see that sslrootcert is the certificate of the authority");
  }

  @Test
  void aBrokerWithAnotherNameIsRefused() throws Exception {
    configure("localhost", trusted, trusted, "localhost");

    refused("check the TLS and SASL settings of the journal");
  }

  @Test
  void aBrokerOfAnUnknownAuthorityIsRefused() throws Exception {
    configure("localhost", trusted, other, "127.0.0.1");

    refused("check the TLS and SASL settings of the journal");
  }

  private void refused(String remedy) throws InterruptedException {
    assertThat(understudy.run(3, "check", "-v")).contains(remedy).doesNotContain("canary");
    assertThat(understudy.run(1, "init", "-v")).contains(remedy).doesNotContain("canary");
  }

  private static long items(PostgresServer server) throws SQLException {
    try (Connection connection = server.connect("shop")) {
      return Sql.number(connection, "SELECT count(*) FROM item");
    }
  }

  private static void configure(
      String databaseHost, Authority ofDatabases, Authority ofBroker, String brokerHost)
      throws IOException {
    Files.writeString(
        folder.resolve("mirror.yaml"),
        """
        mirror: shop
        databases:
          north:
            url: "jdbc:postgresql://DATABASE_HOST:%d/shop"
            user: postgres
            password: "${env:NORTH_PASSWORD}"
            properties: { sslmode: verify-full, sslrootcert: "ROOT" }
          south:
            url: "jdbc:postgresql://DATABASE_HOST:%d/shop?sslmode=verify-full&sslrootcert=ROOT"
            user: postgres
            password: "${file:password}"
        source: north
        journal:
          bootstrap-servers: "%s"
          replication-factor: 1
          client:
            security.protocol: SSL
            ssl.truststore.type: PKCS12
            ssl.truststore.location: "%s"
            ssl.truststore.password: "${file:store-password}"
        retry: { initial: 200ms, max: 2s }
        http: { listen: "off" }
        """
            .replace("DATABASE_HOST", databaseHost)
            .replace("ROOT", ofDatabases.certificate().toString())
            .formatted(
                north.port(),
                south.port(),
                kafka.bootstrapServers().replace("127.0.0.1", brokerHost),
                ofBroker.trustStore()),
        UTF_8);
  }
}
