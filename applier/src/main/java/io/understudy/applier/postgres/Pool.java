package io.understudy.applier.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.understudy.journal.DatabaseSettings;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The connections to one standby: few, made when needed, each with settings that the database, the
 * role and the URL cannot change. Safe for use by several threads.
 */
final class Pool implements AutoCloseable {
  /** The applier's session, or eight that copy, and three for everything else. */
  private static final int CONNECTIONS = 11;

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  /** For what is answered at once by whoever is there. */
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(5);

  private static final Duration IDLE_TIMEOUT = Duration.ofMinutes(1);
  static final Duration LOCK_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration STATEMENT_TIMEOUT = Duration.ofMinutes(5);

  /** A server that says nothing for longer than any statement may take is gone. */
  private static final Duration SOCKET_TIMEOUT = STATEMENT_TIMEOUT.plusSeconds(30);

  /** How long a session that was told to end may take. */
  static final Duration END_TIMEOUT = Duration.ofSeconds(10);

  private final HikariDataSource source;
  private final PGSimpleDataSource asking;
  private final Failures failures;
  private volatile boolean reached;

  Pool(MirrorName mirror, DatabaseSettings database, Failures failures) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("understudy " + mirror + " " + database.name());
    config.setDataSource(dataSource(mirror, database));
    config.setMaximumPoolSize(CONNECTIONS);
    config.setMinimumIdle(0);
    config.setIdleTimeout(IDLE_TIMEOUT.toMillis());
    config.setConnectionTimeout(CONNECT_TIMEOUT.toMillis());
    config.setInitializationFailTimeout(-1);
    config.setExceptionOverride(new KeepUnlessLost());
    this.source = new HikariDataSource(config);
    this.asking = dataSource(mirror, database);
    asking.setConnectTimeout((int) ANSWER_TIMEOUT.toSeconds());
    asking.setLoginTimeout((int) ANSWER_TIMEOUT.toSeconds());
    asking.setSocketTimeout((int) ANSWER_TIMEOUT.toSeconds());
    this.failures = failures;
  }

  private static PGSimpleDataSource dataSource(MirrorName mirror, DatabaseSettings database) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setURL(database.url());
    try {
      for (var property : database.properties().entrySet()) {
        source.setProperty(property.getKey(), property.getValue());
      }
    } catch (SQLException e) {
      throw new MirrorException.Operator(
          "a driver property of " + database.name() + " is not one of PostgreSQL's JDBC driver",
          "correct the properties of " + database.name(),
          e);
    }
    source.setUser(database.user());
    source.setPassword(database.password());
    source.setApplicationName("understudy " + mirror + " standby");
    source.setTcpKeepAlive(true);
    source.setConnectTimeout((int) CONNECT_TIMEOUT.toSeconds());
    source.setLoginTimeout((int) CONNECT_TIMEOUT.toSeconds());
    source.setSocketTimeout((int) SOCKET_TIMEOUT.toSeconds());
    source.setLogServerErrorDetail(false);
    source.setPrepareThreshold(1);
    source.setPreparedStatementCacheQueries(1024);
    source.setPreparedStatementCacheSizeMiB(16);
    source.setOptions(OPTIONS);
    return source;
  }

  /** Startup options win over ALTER DATABASE and ALTER ROLE. */
  private static final String OPTIONS =
      String.join(
          " ",
          "-c default_transaction_read_only=off",
          "-c default_transaction_isolation=read\\ committed",
          "-c search_path=pg_catalog",
          "-c DateStyle=ISO",
          "-c IntervalStyle=postgres",
          "-c TimeZone=UTC",
          "-c lc_monetary=C",
          "-c array_nulls=on",
          "-c xmloption=content",
          "-c transform_null_equals=off",
          "-c quote_all_identifiers=off",
          "-c row_security=off",
          "-c standard_conforming_strings=on",
          "-c idle_in_transaction_session_timeout=0",
          "-c lock_timeout=" + LOCK_TIMEOUT.toMillis(),
          "-c statement_timeout=" + STATEMENT_TIMEOUT.toMillis());

  /** A connection out of the pool, with auto-commit off; closing it gives it back. */
  Connection open() throws SQLException {
    Connection connection = connect();
    try {
      connection.setAutoCommit(false);
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  private Connection connect() throws SQLException {
    if (!reached) {
      // The pool would try for seconds what cannot succeed: a wrong password, a closed port.
      source.getDataSource().getConnection().close();
      reached = true;
    }
    try {
      return source.getConnection();
    } catch (SQLException e) {
      reached = false;
      throw e;
    }
  }

  /** A connection of its own, beside the pool, that the caller closes. */
  Connection apart() throws SQLException {
    return source.getDataSource().getConnection();
  }

  /** Whether the server answers a new connection at all, if only by refusing it. */
  boolean answers() {
    try (Connection connection = asking.getConnection()) {
      return connection.isValid((int) ANSWER_TIMEOUT.toSeconds());
    } catch (SQLException e) {
      return Failures.server(e).isPresent();
    }
  }

  /** Closes a connection for good: the next user would inherit its session settings. */
  void discard(Connection connection) {
    source.evictConnection(connection);
  }

  /** Runs {@code work} in one transaction. */
  <T> T inTransaction(String operation, Work<T> work) {
    try (Connection connection = open()) {
      try {
        T result = work.on(connection);
        connection.commit();
        return result;
      } catch (SQLException | RuntimeException e) {
        rollback(connection, e);
        throw e;
      }
    } catch (SQLException e) {
      throw failures.of(operation, e);
    }
  }

  /** For questions that a server which can be reached answers at once; until it is given back. */
  static void expectAnswer(Connection connection) throws SQLException {
    connection.setNetworkTimeout(Runnable::run, (int) ANSWER_TIMEOUT.toMillis());
  }

  /** For a statement that may take longer than all others. */
  static void setTimeout(Connection connection, Duration timeout) throws SQLException {
    connection.setNetworkTimeout(Runnable::run, (int) timeout.plusMinutes(1).toMillis());
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET LOCAL statement_timeout = " + timeout.toMillis());
    }
  }

  /** Rolls back for {@code reason}, to which a failure to do so is added. */
  static void rollback(Connection connection, Exception reason) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      reason.addSuppressed(e);
    }
  }

  @Override
  public void close() {
    source.close();
  }

  /** What to do in a transaction. */
  interface Work<T> {
    T on(Connection connection) throws SQLException;
  }
}
