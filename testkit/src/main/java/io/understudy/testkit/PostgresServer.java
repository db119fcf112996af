package io.understudy.testkit;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A real PostgreSQL server of one's own, with superuser {@code postgres}, that can be stopped,
 * killed, frozen and started again on the same port and data. Closing it removes its data.
 */
public interface PostgresServer extends AutoCloseable {
  /** How a server is asked to stop; PostgreSQL's own words. */
  enum StopMode {
    /** Waits for clients to leave. */
    SMART("TERM"),
    /** Ends clients and writes a checkpoint. */
    FAST("INT"),
    /** Ends at once; the next start recovers from the log. */
    IMMEDIATE("QUIT");

    private final String signal;

    StopMode(String signal) {
      this.signal = signal;
    }

    String signal() {
      return signal;
    }
  }

  String USER = "postgres";

  /** Starts a new server, embedded or in a container as the system property says. */
  static PostgresServer start(PostgresSettings settings) {
    return Servers.chosen() == Servers.CONTAINERS
        ? ContainerPostgres.start(settings)
        : EmbeddedPostgres.start(settings);
  }

  String host();

  int port();

  /** The full version, such as 18.6.0. */
  String version();

  /** Empty if everyone is trusted. */
  String password();

  void stop(StopMode mode);

  /** Starts the server again on its old port and data, recovering them if need be. */
  void startAgain();

  default void restart() {
    stop(StopMode.FAST);
    startAgain();
  }

  /** Ends the server and all its children by SIGKILL, as a crash of the machine's memory would. */
  void kill9();

  /** Freezes the server and all its children: connections stay open and nothing answers. */
  void pause();

  void resume();

  boolean isRunning();

  /** The end of the server's log. */
  String logTail();

  @Override
  void close();

  default String jdbcUrl(String database) {
    return "jdbc:postgresql://" + host() + ":" + port() + "/" + database;
  }

  /** A new connection of the superuser. */
  default Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(jdbcUrl(database), USER, password());
  }

  default void createDatabase(String name) throws SQLException {
    try (Connection connection = connect(USER);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE \"" + name.replace("\"", "\"\"") + "\"");
    }
  }
}
