package io.understudy.connectors.mysql;

import io.understudy.connectors.binlog.Whereabouts;
import io.understudy.journal.Position;
import io.understudy.journal.mysql.BinlogPoint;
import io.understudy.journal.mysql.GtidList;
import io.understudy.journal.mysql.GtidSet;
import io.understudy.journal.mysql.MariaDbPosition;
import io.understudy.journal.mysql.MySqlPosition;
import java.util.List;
import java.util.Optional;

/** Which of the two servers, and what differs between them for a source. */
enum Product {
  MYSQL("MySQL", "jdbc:mysql:", 8, 0, "REPLICATION CLIENT", "SET PERSIST ") {
    @Override
    Position position(BinlogPoint point, Optional<String> gtids) {
      return new MySqlPosition(point, gtids.map(GtidSet::parse));
    }

    @Override
    BinlogPoint point(Position position) {
      return ((MySqlPosition) position).point();
    }

    @Override
    boolean hasReached(String gtids, Position position) {
      Optional<GtidSet> before = ((MySqlPosition) position).executed();
      return before.isEmpty() || GtidSet.parse(gtids).includes(before.get());
    }

    @Override
    Whereabouts whereabouts(Position position) {
      return new MySqlWhereabouts(((MySqlPosition) position).executed());
    }
  },
  MARIADB("MariaDB", "jdbc:mariadb:", 10, 5, "BINLOG MONITOR", "SET GLOBAL ") {
    @Override
    Position position(BinlogPoint point, Optional<String> gtids) {
      return new MariaDbPosition(point, gtids.map(GtidList::parse));
    }

    @Override
    BinlogPoint point(Position position) {
      return ((MariaDbPosition) position).point();
    }

    @Override
    boolean hasReached(String gtids, Position position) {
      Optional<GtidList> before = ((MariaDbPosition) position).gtids();
      return before.isEmpty() || GtidList.parse(gtids).includes(before.get());
    }

    @Override
    Whereabouts whereabouts(Position position) {
      return new MariaDbWhereabouts(((MariaDbPosition) position).gtids());
    }
  };

  private final String title;
  private final String scheme;
  private final int oldestMajor;
  private final int oldestMinor;
  private final String seeLog;
  private final String set;

  Product(
      String title, String scheme, int oldestMajor, int oldestMinor, String seeLog, String set) {
    this.title = title;
    this.scheme = scheme;
    this.oldestMajor = oldestMajor;
    this.oldestMinor = oldestMinor;
    this.seeLog = seeLog;
    this.set = set;
  }

  /** Whose URL this is; empty for another engine's. */
  static Optional<Product> of(String jdbcUrl) {
    return List.of(values()).stream().filter(p -> jdbcUrl.startsWith(p.scheme)).findFirst();
  }

  /** Of a place in the log, with the transactions before it as the server prints them. */
  abstract Position position(BinlogPoint point, Optional<String> gtids);

  abstract BinlogPoint point(Position position);

  /** Whether a server with these transactions has all that lie before {@code position}. */
  abstract boolean hasReached(String gtids, Position position);

  abstract Whereabouts whereabouts(Position position);

  String title() {
    return title;
  }

  String scheme() {
    return scheme;
  }

  Product other() {
    return this == MYSQL ? MARIADB : MYSQL;
  }

  /** MariaDB's driver speaks to both. */
  String driverUrl(String jdbcUrl) {
    return MARIADB.scheme + jdbcUrl.substring(scheme.length());
  }

  boolean madeVersion(String version) {
    return version.contains("MariaDB") == (this == MARIADB);
  }

  boolean isTooOld(int major, int minor) {
    return major < oldestMajor || (major == oldestMajor && minor < oldestMinor);
  }

  String oldest() {
    return title + " " + oldestMajor + "." + oldestMinor;
  }

  /** The privilege to ask for the log's end and files. */
  String seeLog() {
    return seeLog;
  }

  /** Sets a server variable for as long as the server can be told to keep it. */
  String set() {
    return set;
  }

  /** Whether a snapshot can be brought together with the log only under a lock of all tables. */
  boolean locksForSnapshot() {
    return this == MYSQL;
  }
}
