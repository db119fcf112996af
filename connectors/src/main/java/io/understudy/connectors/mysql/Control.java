package io.understudy.connectors.mysql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.mariadb.jdbc.Driver;

/** The pool of short-lived sessions: looking things up, beats, preparing. */
final class Control implements AutoCloseable {
  private static final int MAX_SESSIONS = 4;
  private static final Duration WAIT_FOR_SESSION = Duration.ofSeconds(5);
  private static final Duration IDLE_SESSION = Duration.ofMinutes(1);

  /** After how long without an answer a control statement's connection is given up. */
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private static final String SESSION =
      "SET NAMES utf8mb4, SESSION sql_mode = '', SESSION time_zone = '+00:00',"
          + " SESSION lock_wait_timeout = 10, SESSION innodb_lock_wait_timeout = 10";

  private final Address address;
  private final HikariDataSource pool;
  private final Failures failures;
  private volatile boolean reached;

  Control(MirrorName mirror, Address address, Failures failures) {
    this.address = address;
    this.failures = failures;
    HikariConfig config = new HikariConfig();
    config.setPoolName("understudy " + mirror + " " + address);
    config.setDriverClassName(Driver.class.getName());
    config.setJdbcUrl(address.url(PATIENCE));
    config.setDataSourceProperties(address.properties());
    config.setMaximumPoolSize(MAX_SESSIONS);
    config.setMinimumIdle(0);
    config.setConnectionTimeout(WAIT_FOR_SESSION.toMillis());
    config.setIdleTimeout(IDLE_SESSION.toMillis());
    config.setInitializationFailTimeout(-1);
    config.setConnectionInitSql(SESSION);
    this.pool = new HikariDataSource(config);
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
      throw failures.of(operation, e);
    }
  }

  private Connection connect() throws SQLException {
    if (!reached) {
      // The pool would try for seconds what cannot succeed: a wrong password, a closed port.
      try (Connection first = address.connect(PATIENCE)) {
        requireProduct(first);
      }
      reached = true;
    }
    try {
      return pool.getConnection();
    } catch (SQLException e) {
      reached = false;
      throw e;
    }
  }

  private void requireProduct(Connection connection) throws SQLException {
    Product product = address.product();
    String version = Sql.value(connection, "SELECT version()");
    if (!product.madeVersion(version)) {
      throw new MirrorException.Operator(
          "the server of " + address + " is not " + product.title() + " but " + version,
          "begin its URL with " + product.other().scheme() + " instead of " + product.scheme());
    }
  }

  /** Ends the pool; a session in use ends with it. */
  @Override
  public void close() {
    pool.close();
  }
}
