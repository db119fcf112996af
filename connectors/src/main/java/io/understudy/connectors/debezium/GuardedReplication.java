package io.understudy.connectors.debezium;

import io.debezium.connector.postgresql.connection.Lsn;
import io.debezium.connector.postgresql.connection.ReplicationConnection;
import io.debezium.connector.postgresql.connection.ReplicationStream;
import io.debezium.connector.postgresql.connection.WalPositionLocator;
import io.debezium.connector.postgresql.spi.SlotCreationResult;
import io.debezium.jdbc.JdbcConnection;
import java.sql.SQLException;
import java.util.Optional;

/**
 * Debezium's replication connection, kept from doing harm: it never makes a slot (a new one would
 * silently begin behind a gap), and hands out a stream that only the journal's acknowledgements can
 * flush.
 *
 * <p>The server is asked to begin behind the journal's tail: it leaves out every transaction whose
 * commit lies before, whole. Debezium, which has no offset, leaves out nothing. The slot alone
 * would not do: it may stand before the tail, and that a large transaction is an old one would be
 * known only at its end.
 */
final class GuardedReplication implements ReplicationConnection {
  private final ReplicationConnection connection;
  private final LiteralTypes types;
  private final Lsn after;
  private final StreamGuard guard;

  /**
   * @param connection Debezium's, with {@code types} as its decoder's
   */
  GuardedReplication(
      ReplicationConnection connection, LiteralTypes types, Lsn after, StreamGuard guard) {
    this.connection = connection;
    this.types = types;
    this.after = after;
    this.guard = guard;
  }

  @Override
  public ReplicationStream startStreaming(WalPositionLocator walPosition)
      throws SQLException, InterruptedException {
    ReplicationStream stream = connection.startStreaming(after, walPosition);
    types.follow(((JdbcConnection) connection).connection().unwrap(RelationTap.class));
    return guard.started(stream);
  }

  @Override
  public ReplicationStream startStreaming(Lsn offset, WalPositionLocator walPosition)
      throws SQLException {
    throw new SQLException(
        "refused to start at " + offset + ", the journal's tail alone says where");
  }

  @Override
  public Optional<SlotCreationResult> createReplicationSlot() throws SQLException {
    throw new SQLException("refused to make a replication slot in place of the one that is gone");
  }

  @Override
  public void initConnection() throws SQLException, InterruptedException {
    connection.initConnection();
  }

  @Override
  public boolean isConnected() throws SQLException {
    return connection.isConnected();
  }

  @Override
  public void reconnect() throws SQLException {
    connection.reconnect();
  }

  @Override
  public void close() throws SQLException {
    try {
      connection.close();
    } catch (SQLException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new SQLException("closing the replication session failed", e);
    }
  }
}
