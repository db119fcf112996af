package io.understudy.connectors.mysql;

import io.understudy.journal.MirrorException;
import io.understudy.journal.Position;
import io.understudy.journal.mysql.BinlogPoint;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the server says about its binary log: where it ends, and which files are there. */
final class ServerLog {
  private final Address address;

  ServerLog(Address address) {
    this.address = address;
  }

  /**
   * The end as {@code SHOW MASTER STATUS} prints it, with what it says about filters.
   *
   * @throws MirrorException.Operator if the server writes no log
   */
  Map<String, String> status(Connection connection) throws SQLException {
    List<Map<String, String>> rows = Sql.rows(connection, statusStatement(connection));
    if (rows.isEmpty()) {
      throw new MirrorException.Operator(
          address + " writes no binary log",
          "set log_bin and server_id in the server's option file and restart it, then "
              + Failures.AGAIN);
    }
    return rows.get(0);
  }

  private String statusStatement(Connection connection) throws SQLException {
    return address.product() == Product.MYSQL && Version.of(connection).isAtLeast(8, 2)
        ? "SHOW BINARY LOG STATUS"
        : "SHOW MASTER STATUS";
  }

  Position end(Connection connection) throws SQLException {
    Map<String, String> status = status(connection);
    BinlogPoint point =
        new BinlogPoint(status.get("file"), Math.max(4, Long.parseLong(status.get("position"))));
    return address.product().position(point, gtids(connection, status));
  }

  /** MySQL says them in one breath with the end, MariaDB always has them. */
  private Optional<String> gtids(Connection connection, Map<String, String> status)
      throws SQLException {
    if (address.product() == Product.MARIADB) {
      return Optional.of(Sql.value(connection, "SELECT @@global.gtid_binlog_pos"));
    }
    return Sql.value(connection, "SELECT @@global.gtid_mode").startsWith("ON")
        ? Optional.of(status.get("executed_gtid_set"))
        : Optional.empty();
  }

  /** That the log still holds what follows {@code tail}, and cannot be another one. */
  void requireReadable(Connection connection, Position tail) throws SQLException {
    BinlogPoint point = address.product().point(tail);
    List<Map<String, String>> files = Sql.rows(connection, "SHOW BINARY LOGS");
    if (files.isEmpty()) {
      status(connection);
    }
    Map<String, String> first = files.get(0);
    Map<String, String> last = files.get(files.size() - 1);
    Optional<Map<String, String>> file =
        files.stream().filter(row -> row.get("log_name").equals(point.file())).findFirst();
    if (file.isEmpty()) {
      throw isBefore(point, first.get("log_name"))
          ? purged(point, first.get("log_name"))
          : backInTime(tail, "ends with file " + last.get("log_name"));
    }
    long size = Long.parseLong(file.get().get("file_size"));
    if (size < point.offset()) {
      throw backInTime(tail, "has only " + size + " bytes in that file");
    }
    String gtids =
        Sql.value(
            connection,
            address.product() == Product.MYSQL
                ? "SELECT @@global.gtid_executed"
                : "SELECT @@global.gtid_binlog_pos");
    if (!address.product().hasReached(gtids, tail)) {
      throw backInTime(tail, "lacks transactions that the journal has; it has " + gtids);
    }
  }

  private boolean isBefore(BinlogPoint point, String first) {
    BinlogPoint beginning = new BinlogPoint(first, 4);
    return point.base().equals(beginning.base())
        && fileOf(beginning).isAfter(fileOf(new BinlogPoint(point.file(), 4)));
  }

  private Position fileOf(BinlogPoint point) {
    return address.product().position(point, Optional.empty());
  }

  private MirrorException purged(BinlogPoint point, String first) {
    return new MirrorException.Operator(
        address
            + " has removed binary logs that the journal lacks: it begins with file "
            + first
            + ", the journal ends at "
            + point,
        "let the source keep more, binlog_expire_logs_seconds, and " + Failures.AGAIN);
  }

  private MirrorException backInTime(Position tail, String what) {
    return new MirrorException.Invariant(
        address
            + " went back in time: the journal ends at "
            + tail.encoded()
            + ", and the source's binary log "
            + what,
        "it was begun anew (RESET MASTER), restored from a backup, or lost its end in a crash"
            + " (set sync_binlog = 1); "
            + Failures.AGAIN);
  }
}
