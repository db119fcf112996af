package io.understudy.testkit;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * A real database server of one's own, whatever its engine: it can be stopped, killed, frozen and
 * started again on the same port and data. Closing it removes its data. What only one engine has
 * stands in that engine's own interface.
 */
public interface DatabaseServer extends AutoCloseable {
  String host();

  int port();

  /** The full version, such as 18.6.0. */
  String version();

  /** Who may do everything. */
  String user();

  /** Of {@link #user}; empty if everyone is trusted. */
  String password();

  /** As a user writes it into {@code mirror.yaml}, without options. */
  String jdbcUrl(String database);

  /** A new connection of {@link #user}. */
  Connection connect(String database) throws SQLException;

  /** A new connection of {@link #user} to what is there without any database of one's own. */
  Connection connect() throws SQLException;

  void createDatabase(String name) throws SQLException;

  /** Ends clients and writes what is left in memory. */
  void stop();

  /** Starts the server again on its old port and data, recovering them if need be. */
  void startAgain();

  default void restart() {
    stop();
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
}
