package io.understudy.applier.mysql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.understudy.journal.DatabaseSettings;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import org.mariadb.jdbc.Driver;

/**
 * The connections to one standby: few, made when needed, each with settings that the server's
 * defaults and the URL cannot change. Safe for use by several threads.
 */
final class Pool implements AutoCloseable {
  /** The applier's session, and three for everything else. */
  private static final int CONNECTIONS = 4;

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  /** For a connection that only asks whether anybody is there. */
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(5);

  private static final Duration IDLE_TIMEOUT = Duration.ofMinutes(1);
  private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(30);

  /** What a statement may take, once connected; see {@link #open()}. */
  private static final Duration STATEMENT_TIMEOUT = Duration.ofMinutes(30);

  /** How long a session that was told to end may take. */
  static final Duration END_TIMEOUT = Duration.ofSeconds(10);

  /**
   * The options behind the last {@code &} win. An update counts the rows that it finds, also those
   * that it leaves as they were. A server may not ask for files of ours.
   */
  private static final String OPTIONS =
      String.join(
          "&",
          "useAffectedRows=false",
          "useServerPrepStmts=false",
          "useBulkStmts=false",
          "useBulkStmtsForInserts=false",
          "allowMultiQueries=false",
          "allowLocalInfile=false",
          "transactionReplay=false",
          "dumpQueriesOnException=false",
          "socketFactory=" + Sockets.class.getName(),
          "includeInnodbStatusInDeadlockExceptions=false",
          "includeThreadDumpInDeadlockExceptions=false",
          "tcpKeepAlive=true");

  /**
   * Takes every value that a source may hold, zero and impossible dates among them, and refuses to
   * make one fit that does not.
   */
  static final String STRICT =
      "SESSION sql_mode ="
          + " 'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION'";

  private static final String SESSION =
      "SET NAMES utf8mb4, "
          + STRICT
          + ", SESSION time_zone = '+00:00', SESSION foreign_key_checks = 1, SESSION unique_checks"
          + " = 1, SESSION wait_timeout = 28800, SESSION lock_wait_timeout = "
          + LOCK_TIMEOUT.toSeconds()
          + ", SESSION innodb_lock_wait_timeout = "
          + LOCK_TIMEOUT.toSeconds();

  private final DatabaseSettings database;
  private final Product product;
  private final Failures failures;
  private final Connections connections;
  private final HikariDataSource source;
  private volatile boolean reached;

  Pool(MirrorName mirror, DatabaseSettings database, Product product, Failures failures) {
    this.database = database;
    this.product = product;
    this.failures = failures;
    this.connections = new Connections(url(CONNECT_TIMEOUT), properties());
    HikariConfig config = new HikariConfig();
    config.setPoolName("understudy " + mirror + " " + database.name());
    config.setDataSource(connections);
    config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
    config.setConnectionInitSql(SESSION);
    config.setMaximumPoolSize(CONNECTIONS);
    config.setMinimumIdle(0);
    config.setIdleTimeout(IDLE_TIMEOUT.toMillis());
    config.setConnectionTimeout(CONNECT_TIMEOUT.toMillis());
    config.setInitializationFailTimeout(-1);
    this.source = new HikariDataSource(config);
  }

  private String url(Duration timeout) {
    String url = product.driverUrl(database.url());
    return url
        + (url.contains("?") ? "&" : "?")
        + OPTIONS
        + "&connectTimeout="
        + timeout.toMillis()
        + "&socketTimeout="
        + timeout.toMillis();
  }

  private Properties properties() {
    Properties properties = new Properties();
    // MySQL's way to take a password without TLS; whoever wants TLS says so by sslMode.
    properties.setProperty("allowPublicKeyRetrieval", "true");
    properties.putAll(database.properties());
    properties.setProperty("user", database.user());
    properties.setProperty("password", database.password());
    return properties;
  }

  Product product() {
    return product;
  }

  /**
   * A connection out of the pool, with auto-commit off; closing it gives it back. Its statements
   * may take longer than the URL says: the driver takes the URL's word for all that it does on its
   * own.
   */
  Connection open() throws SQLException {
    Connection connection = connect();
    try {
      connection.setNetworkTimeout(Runnable::run, (int) STATEMENT_TIMEOUT.toMillis());
      connection.setAutoCommit(false);
      return connection;
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  private Connection connect() throws SQLException {
    if (!reached) {
      // The pool would try for seconds what cannot succeed: a wrong password, a closed port.
      try (Connection first = connections.getConnection()) {
        requireProduct(first);
      }
      reached = true;
    }
    try {
      return source.getConnection();
    } catch (SQLException e) {
      reached = false;
      throw e;
    }
  }

  private void requireProduct(Connection connection) throws SQLException {
    String version = Rows.value(connection, "SELECT version()").orElse("");
    if (!product.madeVersion(version)) {
      throw new MirrorException.Operator(
          "the server of " + database.name() + " is not " + product.title() + " but " + version,
          "begin the URL of "
              + database.name()
              + " with "
              + product.other().scheme()
              + " instead of "
              + product.scheme());
    }
  }

  /** Whether the server answers a new connection at all, if only by refusing it. */
  boolean answers() {
    try (Connection connection = new Driver().connect(url(ANSWER_TIMEOUT), properties());
        Statement statement = connection.createStatement()) {
      return statement.execute("SELECT 1");
    } catch (SQLException e) {
      return Failures.isServersWord(e);
    }
  }

  /** Ends a connection from another thread, whatever the one that waits for an answer does. */
  void abort(Connection connection) {
    connections.abort(connection);
  }

  /** Closes a connection for good: the next user would inherit its session's state. */
  void discard(Connection connection) {
    source.evictConnection(connection);
  }

  /** Runs {@code work} in one transaction, unless it commits between. */
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
