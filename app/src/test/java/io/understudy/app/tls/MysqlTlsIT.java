package io.understudy.app.tls;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.app.harness.Engine;
import io.understudy.app.harness.OverLogFiles;
import io.understudy.app.harness.ProductProcess;
import io.understudy.app.harness.Sql;
import io.understudy.testkit.Authority;
import io.understudy.testkit.KafkaServer;
import io.understudy.testkit.MysqlProduct;
import io.understudy.testkit.MysqlServer;
import io.understudy.testkit.MysqlSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * TLS to MySQL and MariaDB with certificates of an authority made for the test: rows travel, and a
 * server with another name or of another authority is refused at once.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class MysqlTlsIT {
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final String UNKNOWN =
      "see that serverSslCert is the certificate of the authority that signed the server's";
  private static final String MISNAMED =
      "write the host in the URL as the server's certificate names it";

  @TempDir private Path folder;
  private MysqlServer north;
  private MysqlServer south;
  private KafkaServer kafka;

  @OverLogFiles
  void serversAreVerified(Engine engine) throws Exception {
    Authority trusted = new Authority(folder, "trusted");
    Authority other = new Authority(folder, "other");
    Authority.Certified certified = trusted.certify("database", "dns:localhost");
    MysqlSettings settings =
        MysqlSettings.of(MysqlProduct.valueOf(engine.name()))
            .withTls(certified.certificate(), certified.key());
    try (MysqlServer source = MysqlServer.start(settings);
        MysqlServer standby = MysqlServer.start(settings);
        KafkaServer broker = KafkaServer.start();
        Commands understudy = new Commands(folder, Map.of())) {
      north = source;
      south = standby;
      kafka = broker;
      for (MysqlServer server : List.of(north, south)) {
        server.createDatabase("shop");
        Sql.run(() -> server.connect("shop"), "CREATE TABLE item (id int PRIMARY KEY)");
      }
      try (Connection writes = north.connect("shop");
          Connection watched = south.connect("shop")) {
        for (Connection connection : List.of(writes, watched)) { // for others than these
          Sql.run(connection, "SET GLOBAL require_secure_transport = ON");
        }
        configure("localhost", other);
        refused(understudy, UNKNOWN);
        configure("127.0.0.1", trusted);
        refused(understudy, MISNAMED);
        configure("localhost", trusted);
        understudy.run(0, "check");
        understudy.run(0, "init");
        follows(understudy, writes, watched);
        configure("127.0.0.1", trusted);
        assertThat(understudy.run(1, "run", "--role", "reader")).contains(MISNAMED);
        assertThat(understudy.run(1, "run", "--role", "applier")).contains(MISNAMED);
      }
    }
  }

  private static void refused(Commands understudy, String remedy) throws InterruptedException {
    String said = understudy.run(3, "check");
    assertThat(said.split(remedy, -1)).as(said).hasSizeGreaterThan(2); // of each database
    assertThat(understudy.run(1, "init")).contains(remedy);
  }

  private static void follows(Commands understudy, Connection writes, Connection watched)
      throws Exception {
    ProductProcess run = understudy.start("run");
    Sql.run(writes, "INSERT INTO item VALUES (1)");
    Awaitility.await()
        .atMost(LIMIT)
        .until(
            () -> {
              run.requireRunning();
              return Sql.number(watched, "SELECT count(*) FROM item") == 1;
            });
    run.close();
  }

  private void configure(String host, Authority authority) throws IOException {
    Files.writeString(
        folder.resolve("mirror.yaml"),
        """
        mirror: shop
        databases:
          north:
            url: "%s"
            user: root
            password: "%s"
            properties: { sslMode: verify-full, serverSslCert: "%s" }
          south:
            url: "%s"
            user: root
            password: "%s"
            properties: { sslMode: verify-full, serverSslCert: "%s" }
        source: north
        journal: { bootstrap-servers: "%s", replication-factor: 1 }
        tables: { include: ["shop.*"] }
        http: { listen: "off" }
        """
            .formatted(
                north.jdbcUrl("shop").replace("127.0.0.1", host),
                north.password(),
                authority.certificate(),
                south.jdbcUrl("shop").replace("127.0.0.1", host),
                south.password(),
                authority.certificate(),
                kafka.bootstrapServers()),
        UTF_8);
  }
}
