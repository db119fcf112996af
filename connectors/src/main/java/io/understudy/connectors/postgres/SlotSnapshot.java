package io.understudy.connectors.postgres;

import io.understudy.connectors.KeyedRows;
import io.understudy.connectors.SourceSnapshot;
import io.understudy.journal.Position;
import io.understudy.journal.postgres.Lsn;
import io.understudy.journal.postgres.Quoting;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import org.postgresql.PGProperty;

/**
 * The snapshot that a new logical slot exports. It shows what was committed before the slot's
 * consistent point, by the order of the log; a snapshot taken in any other way shows what was
 * committed by the order of transaction ids, which is not the log's. Lasts as long as the session
 * that made the slot, which says nothing more.
 */
final class SlotSnapshot implements SourceSnapshot {
  /** SQLSTATE of a statement that was cancelled, here: by its time-out. */
  static final String CANCELLED = "57014";

  private final Address address;
  private final String session;
  private final Connection replication;
  private final String snapshot;
  private final Lsn position;

  private SlotSnapshot(
      Address address, String session, Connection replication, String snapshot, Lsn position) {
    this.address = address;
    this.session = session;
    this.replication = replication;
    this.snapshot = snapshot;
    this.position = position;
  }

  /**
   * @param session the name of the sessions that this opens
   * @param kind empty, or {@code TEMPORARY}: the slot goes with the session
   * @throws SQLException with {@link #CANCELLED} if older transactions did not end within {@code
   *     limit}
   */
  static SlotSnapshot of(Address address, String session, String slot, String kind, Duration limit)
      throws SQLException {
    Properties properties = address.session(session);
    properties.setProperty(PGProperty.REPLICATION.getName(), "database");
    properties.setProperty(PGProperty.PREFER_QUERY_MODE.getName(), "simple");
    Connection replication = address.connect(properties);
    try (Statement statement = replication.createStatement()) {
      statement.setQueryTimeout((int) limit.toSeconds());
      String create =
          "CREATE_REPLICATION_SLOT "
              + Quoting.name(slot)
              + " "
              + kind
              + " LOGICAL pgoutput EXPORT_SNAPSHOT";
      try (ResultSet made = statement.executeQuery(create)) {
        made.next();
        return new SlotSnapshot(
            address,
            session,
            replication,
            made.getString("snapshot_name"),
            Lsn.parse(made.getString("consistent_point")));
      }
    } catch (SQLException | RuntimeException e) {
      try (replication) {
        throw e;
      }
    }
  }

  @Override
  public Position position() {
    return position;
  }

  /** Lets a transaction that has not read anything yet see this snapshot. */
  void enter(Connection connection) throws SQLException {
    try (Statement enter = connection.createStatement()) {
      enter.execute("SET TRANSACTION SNAPSHOT " + Quoting.literal(snapshot));
    }
  }

  @Override
  public Connection open() throws SQLException {
    Connection connection = address.connect(address.session(session));
    try {
      try (Statement statement = connection.createStatement()) {
        statement.execute("SET row_security = off");
      }
      connection.setAutoCommit(false);
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      connection.setReadOnly(true);
      enter(connection);
      return connection;
    } catch (SQLException | RuntimeException e) {
      try (connection) {
        throw e;
      }
    }
  }

  @Override
  public KeyedRows rows() {
    try {
      return SnapshotRows.in(open(), new Failures(address));
    } catch (SQLException e) {
      throw new Failures(address).of("reading rows", e);
    }
  }

  /** The server removes a temporary slot and the snapshot as it notices. */
  @Override
  public void close() {
    try {
      replication.close();
    } catch (SQLException e) {
      throw new IllegalStateException("closing a session of " + address + " failed", e);
    }
  }
}
