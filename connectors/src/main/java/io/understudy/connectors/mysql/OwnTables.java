package io.understudy.connectors.mysql;

import io.understudy.connectors.SourceIdentity;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Map;
import java.util.UUID;

/**
 * The tables that Understudy keeps on a source, in a database that no mirror takes up: one whose
 * updates make the log move, and one that tells servers apart that have no UUID of their own. They
 * serve all mirrors that begin at this server.
 */
final class OwnTables {
  private static final String BEAT = Catalog.OWN + ".beat";
  private static final String SERVER = Catalog.OWN + ".server";

  private final MirrorName mirror;
  private final Address address;

  OwnTables(MirrorName mirror, Address address) {
    this.mirror = mirror;
    this.address = address;
  }

  /** Makes what is missing. Commits. */
  void ensure(Connection connection) throws SQLException {
    if (!exist(connection)) {
      Sql.execute(
          connection,
          "CREATE DATABASE IF NOT EXISTS " + Catalog.OWN,
          "CREATE TABLE IF NOT EXISTS "
              + BEAT
              + " (mirror varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,"
              + " beats bigint NOT NULL) ENGINE = InnoDB",
          "CREATE TABLE IF NOT EXISTS "
              + SERVER
              + " (one tinyint NOT NULL PRIMARY KEY, id char(36) CHARACTER SET ascii NOT NULL)"
              + " ENGINE = InnoDB");
    }
    update(
        connection,
        "INSERT IGNORE INTO " + SERVER + " (one, id) VALUES (1, ?)",
        UUID.randomUUID().toString());
    update(
        connection,
        "INSERT IGNORE INTO " + BEAT + " (mirror, beats) VALUES (?, 0)",
        mirror.value());
  }

  private static boolean exist(Connection connection) throws SQLException {
    return Sql.value(
            connection,
            "SELECT count(*) FROM information_schema.tables WHERE table_schema = '"
                + Catalog.OWN
                + "' AND table_name IN ('beat', 'server')")
        .equals("2");
  }

  /** Removes what is this mirror's, and all if it was the last one's. */
  void drop(Connection connection) throws SQLException {
    if (!exist(connection)) {
      return;
    }
    update(connection, "DELETE FROM " + BEAT + " WHERE mirror = ?", mirror.value());
    if (Sql.value(connection, "SELECT count(*) FROM " + BEAT).equals("0")) {
      Sql.execute(connection, "DROP TABLE " + BEAT + ", " + SERVER);
      String left =
          "SELECT count(*) FROM information_schema.tables WHERE table_schema = '"
              + Catalog.OWN
              + "'";
      if (Sql.value(connection, left).equals("0")) {
        Sql.execute(connection, "DROP DATABASE " + Catalog.OWN);
      }
    }
  }

  void beat(Connection connection) throws SQLException {
    if (update(
            connection,
            "UPDATE " + BEAT + " SET beats = beats + 1 WHERE mirror = ?",
            mirror.value())
        != 1) {
      throw gone();
    }
  }

  private MirrorException gone() {
    return new MirrorException.Operator(
        "what init made in database " + Catalog.OWN + " on " + address + " is gone",
        Failures.AGAIN);
  }

  private static int update(Connection connection, String sql, String parameter)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, parameter);
      return statement.executeUpdate();
    }
  }

  /**
   * MySQL's own UUID. MariaDB has none: an id of ours, and the server's number beside it, because a
   * replica has our table, too.
   */
  SourceIdentity identity(Connection connection) throws SQLException {
    return new SourceIdentity(
        address.product().scheme().split(":", -1)[1], system(connection), 0, "binlog");
  }

  private String system(Connection connection) throws SQLException {
    if (address.product() == Product.MYSQL) {
      return Sql.value(connection, "SELECT @@server_uuid");
    }
    if (!exist(connection)) {
      throw gone();
    }
    for (Map<String, String> row :
        Sql.rows(connection, "SELECT id, @@server_id AS number FROM " + SERVER)) {
      return row.get("id") + "/" + row.get("number");
    }
    throw gone();
  }

  void requireSame(Connection connection, SourceIdentity expected) throws SQLException {
    SourceIdentity found = identity(connection);
    if (!expected.equals(found)) {
      throw new MirrorException.Operator(
          address
              + " is not the source that the journal was made from: it is "
              + found.engine()
              + " "
              + found.system()
              + " instead of "
              + expected.engine()
              + " "
              + expected.system(),
          "name the right server, or begin anew with this one: understudy init --again");
    }
  }
}
