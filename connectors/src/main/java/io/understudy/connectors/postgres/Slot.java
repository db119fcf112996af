package io.understudy.connectors.postgres;

import io.understudy.journal.postgres.Lsn;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/**
 * A replication slot as the server lists it.
 *
 * @param activePid the server process that streams from it; 0 for none
 * @param lost why the server has thrown away what the slot needs; empty if it has not
 * @param confirmed up to where the server was told that all is durable; empty for a slot that was
 *     never finished
 */
record Slot(
    String name,
    String plugin,
    String database,
    int activePid,
    String lost,
    Optional<Lsn> confirmed) {

  private static final String FIND =
      """
      SELECT s.plugin, s.database, coalesce(s.active_pid, 0), s.confirmed_flush_lsn::text,
             coalesce(to_jsonb(s) ->> 'invalidation_reason',
                      CASE WHEN s.wal_status = 'lost' THEN 'WAL removed' END,
                      CASE WHEN (to_jsonb(s) ->> 'conflicting')::bool THEN 'conflict' END,
                      '')
        FROM pg_replication_slots s
       WHERE s.slot_name = ?
      """;

  static Optional<Slot> find(Connection connection, String name) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(FIND)) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          return Optional.empty();
        }
        return Optional.of(
            new Slot(
                name,
                row.getString(1),
                row.getString(2),
                row.getInt(3),
                row.getString(5),
                Optional.ofNullable(row.getString(4)).map(Lsn::parse)));
      }
    }
  }

  boolean isActive() {
    return activePid != 0;
  }
}
