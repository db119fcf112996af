package io.understudy.testkit;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A PostgreSQL server in a container of the official image. */
final class ContainerPostgres implements PostgresServer {
  private static final String DEFAULT_MAJOR = "18";
  private static final int INNER_PORT = 5432;
  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final Duration POLL = Duration.ofMillis(100);

  private final ServerContainer container;
  private final PostgresSettings settings;

  private ContainerPostgres(ServerContainer container, PostgresSettings settings) {
    this.container = container;
    this.settings = settings;
  }

  static ContainerPostgres start(PostgresSettings settings) {
    List<String> command = new ArrayList<>(List.of("postgres"));
    settings.settings().forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
    String initdb = "--encoding=UTF8 --locale=C";
    Map<String, String> environment =
        settings
            .password()
            .map(p -> Map.of("POSTGRES_PASSWORD", p, "POSTGRES_INITDB_ARGS", initdb))
            .orElse(Map.of("POSTGRES_HOST_AUTH_METHOD", "trust", "POSTGRES_INITDB_ARGS", initdb));
    ServerContainer container =
        ServerContainer.start(
            "postgres:" + settings.major().orElse(DEFAULT_MAJOR),
            INNER_PORT,
            ServerContainer.choosePort(),
            environment,
            command,
            // Once for the set-up of the database, once for good.
            ".*database system is ready to accept connections.*\\s",
            2);
    return new ContainerPostgres(container, settings);
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
    try (Connection connection = connect(USER)) {
      return connection.getMetaData().getDatabaseProductVersion();
    } catch (SQLException e) {
      throw new ServerException("the version of PostgreSQL cannot be asked for: " + e, e);
    }
  }

  @Override
  public String password() {
    return settings.password().orElse("");
  }

  @Override
  public void startAgain() {
    container.startAgain();
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (true) {
      try (Connection connection = connect(USER)) {
        if (connection.isValid(1)) {
          return;
        }
      } catch (SQLException e) {
        if (System.nanoTime() > deadline) {
          throw new ServerException(
              "PostgreSQL is not back after " + START_LIMIT + "\n" + logTail(), e);
        }
      }
      Processes.pause(POLL, "PostgreSQL was starting");
    }
  }

  @Override
  public void stop(StopMode mode) {
    container.end(mode.signal());
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
