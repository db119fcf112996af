package io.understudy.connectors.postgres;

import io.understudy.connectors.SourceIdentity;
import io.understudy.journal.MirrorException;
import io.understudy.journal.postgres.Lsn;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Whether the server is the one that the journal was made from, and has not gone back in time. */
final class History {
  private static final String ENGINE = "postgresql";

  private final Names names;
  private final Address address;

  History(Names names, Address address) {
    this.names = names;
    this.address = address;
  }

  SourceIdentity identity(Connection connection) throws SQLException {
    String sql =
        """
        SELECT system_identifier::text, pg_is_in_recovery(),
               CASE WHEN NOT pg_is_in_recovery()
                    THEN ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::bigint
               END
          FROM pg_control_system()
        """;
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet row = statement.executeQuery()) {
      row.next();
      if (row.getBoolean(2)) {
        throw new MirrorException.Operator(
            address + " is a standby of another server (in recovery)",
            "name its primary as the source");
      }
      return new SourceIdentity(ENGINE, row.getString(1), row.getLong(3), names.slot());
    }
  }

  void requireSame(Connection connection, SourceIdentity expected) throws SQLException {
    SourceIdentity found = identity(connection);
    if (!expected.equals(found)) {
      throw new MirrorException.Operator(
          address
              + " is not the source that the journal was made from: "
              + difference(expected, found),
          "name the right server, or begin anew with this one: understudy init --again");
    }
  }

  private static String difference(SourceIdentity expected, SourceIdentity found) {
    if (!expected.system().equals(found.system())) {
      return "system identifier " + found.system() + " instead of " + expected.system();
    }
    if (expected.timeline() != found.timeline()) {
      return "timeline " + found.timeline() + " instead of " + expected.timeline();
    }
    return found + " instead of " + expected;
  }

  /** That the log has come as far as {@code tail}; it cannot have come less far again. */
  void requireHas(Connection connection, Lsn tail) throws SQLException {
    try (PreparedStatement statement =
            connection.prepareStatement("SELECT pg_current_wal_insert_lsn()::text");
        ResultSet row = statement.executeQuery()) {
      row.next();
      Lsn end = Lsn.parse(row.getString(1));
      if (tail.isAfter(end)) {
        throw new MirrorException.Invariant(
            address
                + " went back in time: its log ends at "
                + end
                + ", the journal's tail is "
                + tail,
            "if it was restored from a backup, begin anew: understudy init --again");
      }
    }
  }
}
