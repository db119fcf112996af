package io.understudy.testkit;

import io.understudy.journal.postgres.Quoting;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A real PostgreSQL server of one's own, with superuser {@code postgres}, that can be stopped,
 * killed, frozen and started again on the same port and data. Closing it removes its data.
 */
public interface PostgresServer extends DatabaseServer {
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

  void stop(StopMode mode);

  @Override
  default void stop() {
    stop(StopMode.FAST);
  }

  @Override
  default String user() {
    return USER;
  }

  @Override
  default String jdbcUrl(String database) {
    return "jdbc:postgresql://" + host() + ":" + port() + "/" + database;
  }

  /** A new connection of the superuser. */
  @Override
  default Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(jdbcUrl(database), USER, password());
  }

  @Override
  default Connection connect() throws SQLException {
    return connect(USER);
  }

  @Override
  default void createDatabase(String name) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + Quoting.name(name));
    }
  }
}
