package io.understudy.testkit;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A server of MySQL or MariaDB in a container of the official image. */
final class ContainerMysql implements MysqlServer {
  private static final int INNER_PORT = 3306;
  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final Duration POLL = Duration.ofMillis(100);

  private final ServerContainer container;
  private final MysqlSettings settings;

  private ContainerMysql(ServerContainer container, MysqlSettings settings) {
    this.container = container;
    this.settings = settings;
  }

  static ContainerMysql start(MysqlSettings settings) {
    MysqlProduct product = settings.product();
    Map<String, String> options = new LinkedHashMap<>(settings.allOptions());
    options.remove("bind_address");
    options.putIfAbsent("server_id", Long.toString(MysqlFolder.randomServerId()));
    List<String> command = new ArrayList<>(List.of(product.program()));
    options.forEach(
        (name, value) ->
            command.add("--" + name.replace('_', '-') + (value.isEmpty() ? "" : "=" + value)));
    ServerContainer container =
        ServerContainer.start(
            product.image(),
            INNER_PORT,
            ServerContainer.choosePort(),
            Map.of(
                product.name() + "_ROOT_PASSWORD",
                settings.password(),
                product.name() + "_ROOT_HOST",
                "%"),
            command,
            // Once for the set-up of the database, once for good.
            ".*" + product.program() + ": ready for connections.*\\s",
            2);
    return new ContainerMysql(container, settings);
  }

  @Override
  public MysqlProduct product() {
    return settings.product();
  }

  @Override
  public String host() {
    return container.host();
  }

  @Override
  public int port() {
    return container.port();
  }

  @Override
  public String version() {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT version()")) {
      row.next();
      return row.getString(1).replaceFirst("-.*", "");
    } catch (SQLException e) {
      throw new ServerException(
          "the version of " + product().title() + " cannot be asked for: " + e, e);
    }
  }

  @Override
  public String password() {
    return settings.password();
  }

  @Override
  public void startAgain() {
    container.startAgain();
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (true) {
      try (Connection connection = connect()) {
        if (connection.isValid(1)) {
          return;
        }
      } catch (SQLException e) {
        if (System.nanoTime() > deadline) {
          throw new ServerException(
              product().title() + " is not back after " + START_LIMIT + "\n" + logTail(), e);
        }
      }
      Processes.pause(POLL, product().title() + " was starting");
    }
  }

  @Override
  public void stop() {
    container.end("TERM");
  }

  @Override
  public void kill9() {
    container.end("KILL");
  }

  @Override
  public void pause() {
    container.pause();
  }

  @Override
  public void resume() {
    container.resume();
  }

  @Override
  public boolean isRunning() {
    return container.isRunning();
  }

  @Override
  public String logTail() {
    return container.logTail();
  }

  @Override
  public void close() {
    container.close();
  }
}
