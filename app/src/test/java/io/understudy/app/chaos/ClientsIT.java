package io.understudy.app.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.app.harness.Connections;
import io.understudy.app.harness.Engine;
import io.understudy.app.harness.Machines;
import io.understudy.app.harness.ProductProcess;
import io.understudy.app.harness.Sql;
import io.understudy.testkit.DatabaseServer;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ways to the source that docs/clients.md shows, with what stands there, through a switchover
 * and a promotion: each comes to the right server by itself, and never to the wrong one. Needs the
 * programs psql, haproxy and pgbouncer.
 */
class ClientsIT {
  private static final Logger log = LoggerFactory.getLogger(ClientsIT.class);
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final String INSERT =
      "INSERT INTO written (client, n) VALUES (?, ?) RETURNING inet_server_port()";

  private static Machines machines;

  @BeforeAll
  static void start() {
    machines = new Machines(Engine.POSTGRESQL);
  }

  @AfterAll
  static void stop() {
    machines.close();
  }

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void eachWayLeadsToTheSource() throws Exception {
    int status = freePort();
    int balanced = freePort();
    int pooled = freePort();
    String listen = "http: { listen: \"127.0.0.1:" + status + "\" }";
    try (MirrorUnderTest mirror = new MirrorUnderTest(machines, "clients", Map.of())) {
      Path yaml = mirror.configuration().toAbsolutePath();
      String off = "http: { listen: \"off\" }";
      Files.writeString(yaml, Files.readString(yaml).replace(off, listen));
      for (Connections side : List.of(mirror.source(), mirror.standby())) {
        Sql.run(side, "CREATE TABLE written (client text, n int, PRIMARY KEY (client, n))");
      }
      mirror.init();
      ProductProcess run = mirror.process("run", "run");
      run.start();

      Map<String, String> addresses = new LinkedHashMap<>();
      addresses.put("10.0.1.5:5432", address(machines.source()));
      addresses.put("10.0.2.5:5432", address(machines.standby()));
      addresses.put("/shop?", "/clients?");
      addresses.put("dbname=shop", "dbname=clients");
      addresses.put("8600", Integer.toString(status));
      addresses.put("5000", Integer.toString(balanced));
      addresses.put("6432", Integer.toString(pooled));
      addresses.put("scram-sha-256", "trust"); // the servers here have no passwords
      Path users = Files.writeString(yaml.resolveSibling("users.txt"), user());
      addresses.put("/etc/pgbouncer/userlist.txt", users.toString());
      Documented page = new Documented(Path.of("..", "docs", "clients.md"), addresses);

      Path haproxy = Files.writeString(yaml.resolveSibling("haproxy.cfg"), page.block("haproxy"));
      Path bouncer = Files.writeString(yaml.resolveSibling("bouncer.ini"), page.block("ini"));
      try (Running balancer = new Running(yaml, "haproxy", "-db", "-f", haproxy.toString());
          Running pooler = new Running(yaml, "pgbouncer", "-u", "nobody", bouncer.toString())) {
        through(mirror, clients(page, balanced, pooled));
        balancer.requireRunning();
        pooler.requireRunning();
      }
    }
  }

  private static List<FollowingClient> clients(Documented page, int balanced, int pooled) {
    String local = "jdbc:postgresql://127.0.0.1:";
    return List.of(
        new FollowingClient("pgjdbc", new Jdbc(page.line("jdbc:postgresql:"))),
        new FollowingClient("libpq", new Psql(page.line("postgresql:"))),
        new FollowingClient("haproxy", new Jdbc(local + balanced + "/clients?connectTimeout=5")),
        new FollowingClient(
            "pgbouncer", new Jdbc(local + pooled + "/shop?prepareThreshold=0&connectTimeout=5")));
  }

  private static void through(MirrorUnderTest mirror, List<FollowingClient> clients)
      throws Exception {
    int north = machines.source().port();
    int south = machines.standby().port();
    try (WritableWatch watch = new WritableWatch(mirror)) {
      for (FollowingClient client : clients) {
        client.awaitOn(north, LIMIT);
      }
      mirror.command(0, "switchover", "--to", "south", "--max-pause", "60s");
      awaitAll(clients, south, "a switchover");
      assertThat(watch.looks()).isPositive();
    }
    // What was acknowledged up to here must be on both sides.
    Map<String, Set<Integer>> promised = new LinkedHashMap<>();
    clients.forEach(client -> promised.put(client.name(), new TreeSet<>(client.rows())));
    awaitHas(mirror.source(), promised);
    machines.standby().kill9();
    try {
      mirror.command(0, "promote", "--to", "north");
      awaitAll(clients, north, "a promotion");
      awaitHas(mirror.source(), promised);
    } finally {
      for (FollowingClient client : clients) {
        client.close();
      }
      machines.standby().startAgain();
    }
  }

  private static void awaitAll(List<FollowingClient> clients, int port, String behind)
      throws InterruptedException {
    long began = System.nanoTime();
    for (FollowingClient client : clients) {
      client.awaitOn(port, LIMIT);
      log.info(
          "{} has the source behind {} within {} ms",
          client.name(),
          behind,
          TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
    }
  }

  private static void awaitHas(Connections side, Map<String, Set<Integer>> promised)
      throws SQLException, InterruptedException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!has(side, promised)) {
      assertThat(System.nanoTime()).as("rows of %s", promised.keySet()).isLessThan(deadline);
      Thread.sleep(50);
    }
  }

  private static boolean has(Connections side, Map<String, Set<Integer>> promised)
      throws SQLException {
    Map<String, Set<Integer>> rows = new LinkedHashMap<>();
    try (Connection connection = side.open();
        PreparedStatement all = connection.prepareStatement("SELECT client, n FROM written");
        ResultSet row = all.executeQuery()) {
      while (row.next()) {
        rows.computeIfAbsent(row.getString(1), it -> new TreeSet<>()).add(row.getInt(2));
      }
    }
    return promised.entrySet().stream()
        .allMatch(it -> rows.getOrDefault(it.getKey(), Set.of()).containsAll(it.getValue()));
  }

  private static String address(DatabaseServer server) {
    return server.host() + ":" + server.port();
  }

  private static String user() {
    return "\"" + machines.source().user() + "\" \"" + machines.source().password() + "\"\n";
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** Keeps its connection for as long as it works. */
  private static final class Jdbc implements FollowingClient.Way {
    private final String url;
    private Connection connection;

    Jdbc(String url) {
      this.url = url;
    }

    @Override
    public int write(String client, int number) throws SQLException {
      try {
        if (connection == null) {
          connection =
              DriverManager.getConnection(
                  url, machines.source().user(), machines.source().password());
        }
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
          insert.setString(1, client);
          insert.setInt(2, number);
          try (ResultSet row = insert.executeQuery()) {
            row.next();
            return row.getInt(1);
          }
        }
      } catch (SQLException e) {
        close();
        throw e;
      }
    }

    @Override
    public void close() throws SQLException {
      if (connection != null) {
        Connection broken = connection;
        connection = null;
        broken.close();
      }
    }
  }

  /** A new session for each row. */
  private record Psql(String url) implements FollowingClient.Way {
    @Override
    public int write(String client, int number) throws IOException, InterruptedException {
      String sql = INSERT.replaceFirst("\\?", "'" + client + "'").replaceFirst("\\?", "" + number);
      ProcessBuilder builder =
          new ProcessBuilder("psql", "-U", machines.source().user(), "-XAtqc", sql, url);
      builder.environment().put("PGPASSWORD", machines.source().password());
      Process process = builder.redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
      if (process.waitFor() != 0) {
        throw new IOException(said);
      }
      return Integer.parseInt(said);
    }

    @Override
    public void close() {}
  }

  /** A program that runs until it is closed. */
  private static final class Running implements AutoCloseable {
    private final Process process;
    private final Path said;

    Running(Path beside, String... command) throws IOException {
      this.said = beside.resolveSibling(command[0] + ".log");
      this.process =
          new ProcessBuilder(new ArrayList<>(List.of(command)))
              .redirectErrorStream(true)
              .redirectOutput(said.toFile())
              .start();
    }

    void requireRunning() throws IOException {
      assertThat(process.isAlive()).as(Files.readString(said)).isTrue();
    }

    @Override
    public void close() {
      process.destroy();
      process.onExit().join();
    }
  }
}
