package io.understudy.connectors.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.understudy.journal.MirrorException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import org.postgresql.PGProperty;

/** The pool of short-lived sessions: looking things up, beats, publication and slot. */
final class Control implements AutoCloseable {
  private static final int MAX_SESSIONS = 4;
  private static final Duration WAIT_FOR_SESSION = Duration.ofSeconds(5);
  private static final Duration IDLE_SESSION = Duration.ofMinutes(1);

  /** Seconds without an answer after which a control statement's connection is given up. */
  private static final String SOCKET_SECONDS = "30";

  /** Types and objects print with their schema; nothing waits for ever. */
  private static final String SESSION =
      "SET search_path = pg_catalog; SET quote_all_identifiers = off; SET statement_timeout = '25s'; SET lock_timeout = '10s';"
          + " SET synchronous_commit = on;"
          // A database that becomes the source, or was it, is one that others only read.
          + " SET default_transaction_read_only = off";

  private final Address address;
  private final Properties session;
  private final HikariDataSource pool;
  private final Failures failures;
  private volatile boolean reached;

  Control(Address address, String session, Failures failures) {
    this.failures = failures;
    Properties properties = address.session(session);
    properties.putIfAbsent(PGProperty.SOCKET_TIMEOUT.getName(), SOCKET_SECONDS);
    HikariConfig config = new HikariConfig();
    config.setPoolName(session);
    config.setJdbcUrl(address.url());
    config.setDataSourceProperties(properties);
    config.setMaximumPoolSize(MAX_SESSIONS);
    config.setMinimumIdle(0);
    config.setConnectionTimeout(WAIT_FOR_SESSION.toMillis());
    config.setIdleTimeout(IDLE_SESSION.toMillis());
    config.setInitializationFailTimeout(-1);
    config.setConnectionInitSql(SESSION);
    this.pool = new HikariDataSource(config);
    this.address = address;
    this.session = properties;
  }

  /** Work on a session that returns something. */
  interface Work<R> {
    R on(Connection connection) throws SQLException;
  }

  /**
   * @param operation what is being done, for the message if it fails
   */
  <R> R run(String operation, Work<R> work) {
    try (Connection connection = connect()) {
      return work.on(connection);
    } catch (SQLException e) {
      MirrorException failure = failures.of(operation, e);
      if (failure instanceof MirrorException.Transient) {
        // What ended this session, a crash or a cut, ended the others, too.
        pool.getHikariPoolMXBean().softEvictConnections();
      }
      throw failure;
    }
  }

  private Connection connect() throws SQLException {
    if (!reached) {
      // The pool would try for seconds what cannot succeed: a wrong password, a closed port.
      address.connect(session).close();
      reached = true;
    }
    try {
      return pool.getConnection();
    } catch (SQLException e) {
      reached = false;
      throw e;
    }
  }

  /** A session beside the pool, which the caller keeps and ends. */
  Connection apart() throws SQLException {
    Connection connection = address.connect(session);
    try (Statement statement = connection.createStatement()) {
      statement.execute(SESSION);
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /** Ends the pool; a session in use ends with it. */
  @Override
  public void close() {
    pool.close();
  }

  /** For a failure that has no connection of the pool to it. */
  MirrorException failure(String operation, Throwable cause) {
    return failures.of(operation, cause);
  }
}
