package io.understudy.connectors.mysql;

import io.understudy.connectors.InitialCopy;
import io.understudy.connectors.SchemaHistory;
import io.understudy.connectors.TablePatterns;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Position;
import io.understudy.journal.Relation;
import io.understudy.journal.mysql.BinlogPoint;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens a snapshot and finds the place in the log that belongs to it. MariaDB knows that place by
 * itself. On MySQL all tables are locked against writers for the moment in which the snapshot is
 * opened and the log's end is asked for; waiting for that lock makes everybody else wait, too, so
 * that the wait is short, and given up when long statements are in the way.
 */
final class Preparation {
  private static final Logger log = LoggerFactory.getLogger(Preparation.class);
  private static final int LOCK_SECONDS = 5;
  private static final int TRIES = 3;
  private static final int LOCK_TIMEOUT = 1205;

  /** After how long without a byte a copy is given up. */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private static final String SESSION =
      "SET NAMES utf8mb4, SESSION sql_mode = '', SESSION time_zone = '+00:00',"
          + " SESSION wait_timeout = 28800, SESSION net_write_timeout = 3600,"
          + " SESSION lock_wait_timeout = "
          + LOCK_SECONDS;

  private final Address address;
  private final TablePatterns patterns;
  private final SchemaHistory history;
  private final ServerLog serverLog;
  private final Failures failures;

  Preparation(
      Address address,
      TablePatterns patterns,
      SchemaHistory history,
      ServerLog serverLog,
      Failures failures) {
    this.address = address;
    this.patterns = patterns;
    this.history = history;
    this.serverLog = serverLog;
    this.failures = failures;
  }

  @SuppressWarnings("resource") // handed out with the copy, which closes it
  InitialCopy run() {
    try {
      Connection copying = address.connectBinary(PATIENCE);
      try {
        Sql.execute(copying, SESSION, "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ");
        Sql.execute(copying, withoutStatementLimit());
        copying.setAutoCommit(false);
        Position position =
            address.product().locksForSnapshot() ? locked(copying) : unlocked(copying);
        List<Relation> tables = hold(copying);
        history.keep(new SchemaHistory.Kept(position, tables));
        log.info("snapshot of {} at position={}", address, position.encoded());
        return new SnapshotCopy(copying, failures, position, tables);
      } catch (SQLException | RuntimeException e) {
        try (copying) {
          throw e;
        }
      }
    } catch (SQLException e) {
      throw failures.of("preparing the copy", e);
    }
  }

  private String withoutStatementLimit() {
    return address.product() == Product.MYSQL
        ? "SET SESSION max_execution_time = 0"
        : "SET SESSION max_statement_time = 0";
  }

  private Position locked(Connection copying) throws SQLException {
    for (int i = 1; ; i++) {
      try {
        Sql.execute(copying, "FLUSH TABLES WITH READ LOCK");
        break;
      } catch (SQLException e) {
        if (e.getErrorCode() != LOCK_TIMEOUT) {
          throw e;
        }
        if (i == TRIES) {
          throw new MirrorException.Operator(
              "the global read lock that a copy of "
                  + address
                  + " begins with was not to be had, "
                  + TRIES
                  + " times for "
                  + LOCK_SECONDS
                  + " s: long statements or transactions are in the way",
              "end them, SHOW PROCESSLIST lists them, or wait for them, and run this again",
              e);
        }
        log.info("no global read lock within {} s, again", LOCK_SECONDS);
      }
    }
    try {
      Sql.execute(copying, "START TRANSACTION WITH CONSISTENT SNAPSHOT");
      return serverLog.end(copying);
    } finally {
      Sql.execute(copying, "UNLOCK TABLES");
    }
  }

  private Position unlocked(Connection copying) throws SQLException {
    Sql.execute(copying, "START TRANSACTION WITH CONSISTENT SNAPSHOT");
    Map<String, String> status = new HashMap<>();
    for (Map<String, String> row : Sql.rows(copying, "SHOW STATUS LIKE 'binlog_snapshot_%'")) {
      status.put(row.get("variable_name").toLowerCase(java.util.Locale.ROOT), row.get("value"));
    }
    String file = status.get("binlog_snapshot_file");
    String offset = status.get("binlog_snapshot_position");
    String gtids = Sql.value(copying, "SELECT BINLOG_GTID_POS(?, ?)", file, offset);
    return address
        .product()
        .position(new BinlogPoint(file, Long.parseLong(offset)), Optional.of(gtids));
  }

  /** Looks at each table once, which keeps its shape until the snapshot ends. */
  private List<Relation> hold(Connection copying) throws SQLException {
    for (Relation relation : Catalog.tables(copying, patterns)) {
      Sql.value(copying, "SELECT 1 FROM " + Sql.name(relation.table()) + " LIMIT 1");
    }
    return Catalog.tables(copying, patterns);
  }
}
