package io.understudy.applier.postgres;

import io.understudy.applier.Progress;
import io.understudy.applier.Rendezvous;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.MirrorName;
import io.understudy.journal.VerificationId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verifier and applier know of each other by an advisory lock, which the verifier holds as long as
 * it is to be waited for and loses however it ends, and talk by notifications. A snapshot travels
 * by its exported name.
 */
final class PostgresRendezvous implements Rendezvous {
  private static final Logger log = LoggerFactory.getLogger(PostgresRendezvous.class);

  /** How long a snapshot is kept for a verifier that does not fetch it. */
  private static final Duration KEPT = Duration.ofSeconds(30);

  private final MirrorName mirror;
  private final DatabaseName database;
  private final Pool pool;
  private final ProgressTable table;
  private final Failures failures;

  PostgresRendezvous(
      MirrorName mirror, DatabaseName database, Pool pool, ProgressTable table, Failures failures) {
    this.mirror = mirror;
    this.database = database;
    this.pool = pool;
    this.table = table;
    this.failures = failures;
  }

  /** The name under which verifier and applier notify each other. */
  static String channel(MirrorName mirror) {
    return "understudy_" + mirror + "_verify";
  }

  @Override
  public Seat take(VerificationId id) {
    try {
      return PostgresSeat.take(mirror, database, id, pool, table, failures);
    } catch (SQLException e) {
      throw failures.of("waiting for the applier of " + database, e);
    }
  }

  @Override
  public boolean isAwaited(VerificationId id) {
    return pool.inTransaction(
        "looking for verification " + id,
        connection -> {
          String sql =
              """
              SELECT EXISTS (
                SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database
                 WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
                   AND d.datname = current_database()
                   AND l.classid::bigint = ? AND l.objid::bigint = ?)""";
          try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, id.value() >>> 32);
            statement.setLong(2, id.value() & 0xFFFF_FFFFL);
            try (ResultSet row = statement.executeQuery()) {
              row.next();
              return row.getBoolean(1);
            }
          }
        });
  }

  @Override
  public void show(VerificationId id, Progress at) {
    try {
      Connection connection = pool.apart();
      try {
        String snapshot = export(connection);
        pool.inTransaction(
            "telling verification " + id + " its snapshot",
            other -> {
              notify(other, mirror, "shown " + id + " " + snapshot);
              return null;
            });
        Thread keeper = new Thread(() -> keep(connection, id), "verification-snapshot");
        keeper.setDaemon(true);
        keeper.start();
      } catch (SQLException | RuntimeException e) {
        try (connection) {
          throw e;
        }
      }
    } catch (SQLException e) {
      throw failures.of("showing " + database + " at sequence " + at.sequence(), e);
    }
  }

  private static String export(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT pg_export_snapshot()")) {
      row.next();
      return row.getString(1);
    }
  }

  /** Until the verifier lets go of its lock: then it has the snapshot, or is gone. */
  private void keep(Connection connection, VerificationId id) {
    try (connection;
        Statement statement = connection.createStatement()) {
      statement.execute("SET LOCAL lock_timeout = " + KEPT.toMillis());
      statement.execute("SELECT pg_advisory_xact_lock(" + id.value() + ")");
      connection.rollback();
    } catch (SQLException e) {
      log.warn(
          "verification={} database={}: the snapshot was given up: {}",
          id,
          database,
          e.getMessage());
    }
  }

  /** In the connection's transaction: told at its commit. */
  static void notify(Connection connection, MirrorName mirror, String what) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("SELECT pg_notify(?, ?)")) {
      statement.setString(1, channel(mirror));
      statement.setString(2, what);
      statement.execute();
    }
  }
}
