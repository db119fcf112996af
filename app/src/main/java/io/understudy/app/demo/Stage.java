package io.understudy.app.demo;

import io.understudy.testkit.ServerKind;
import java.util.Locale;

/**
 * An engine that the demo can be played on: whose servers to start, and the few words of SQL that
 * its makers spell in their own way.
 */
public enum Stage {
  POSTGRESQL(ServerKind.POSTGRESQL, "timestamptz", "public.*"),
  MYSQL(ServerKind.MYSQL, "timestamp(6)", Stage.DATABASE + ".*"),
  MARIADB(ServerKind.MARIADB, "timestamp(6)", Stage.DATABASE + ".*");

  /** The database of the bank, on both servers. */
  static final String DATABASE = "bank";

  private final ServerKind servers;
  private final String timestamp;
  private final String tables;

  Stage(ServerKind servers, String timestamp, String tables) {
    this.servers = servers;
    this.timestamp = timestamp;
    this.tables = tables;
  }

  /** As it is written on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  ServerKind servers() {
    return servers;
  }

  /** The type of a point in time, to the microsecond. */
  String timestamp() {
    return timestamp;
  }

  /** The pattern of the bank's tables. */
  String tables() {
    return tables;
  }
}
