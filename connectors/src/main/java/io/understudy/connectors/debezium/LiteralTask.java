package io.understudy.connectors.debezium;

import io.debezium.config.Configuration;
import io.debezium.connector.postgresql.PostgresConnectorConfig;
import io.debezium.connector.postgresql.PostgresConnectorConfig.AutoCreateMode;
import io.debezium.connector.postgresql.PostgresConnectorTask;
import io.debezium.connector.postgresql.PostgresOffsetContext;
import io.debezium.connector.postgresql.PostgresPartition;
import io.debezium.connector.postgresql.PostgresSchema;
import io.debezium.connector.postgresql.connection.Lsn;
import io.debezium.connector.postgresql.connection.PostgresConnection;
import io.debezium.connector.postgresql.connection.ReplicationConnection;
import io.debezium.pipeline.ChangeEventSourceCoordinator;
import java.sql.SQLException;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;

/**
 * Debezium's task with its log read through {@link GuardedReplication} and {@link LiteralTypes}.
 */
final class LiteralTask extends PostgresConnectorTask {
  private final Lsn after;
  private final StreamGuard guard;

  LiteralTask(Lsn after, StreamGuard guard) {
    this.after = after;
    this.guard = guard;
  }

  /** Fails at once where Debezium would try again by itself, unseen, for as long as it takes. */
  @Override
  public ChangeEventSourceCoordinator<PostgresPartition, PostgresOffsetContext> start(
      Configuration config) {
    try {
      return super.start(config);
    } catch (RetriableException e) {
      throw new ConnectException(e);
    }
  }

  @Override
  protected ReplicationConnection buildReplicationConnection(
      PostgresConnection metadata, PostgresSchema schema, PostgresConnectorConfig config)
      throws SQLException {
    LiteralTypes types = new LiteralTypes(metadata);
    ReplicationConnection connection =
        ReplicationConnection.builder(config)
            .withSlot(config.slotName())
            .withPublication(config.publicationName())
            .withTableFilter(config.getTableFilters())
            .withPublicationAutocreateMode(AutoCreateMode.DISABLED)
            .withPlugin(config.plugin())
            .dropSlotOnClose(false)
            .createFailOverSlot(false)
            .statusUpdateInterval(TaskSettings.STATUS_INTERVAL)
            .withTypeRegistry(types)
            .withSchema(schema)
            .jdbcMetadataConnection(metadata)
            .build();
    return new GuardedReplication(connection, types, after, guard);
  }
}
