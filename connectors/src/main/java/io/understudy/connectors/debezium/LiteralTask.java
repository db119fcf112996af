package io.understudy.connectors.debezium;

import io.debezium.connector.postgresql.PostgresConnectorConfig;
import io.debezium.connector.postgresql.PostgresConnectorConfig.AutoCreateMode;
import io.debezium.connector.postgresql.PostgresConnectorTask;
import io.debezium.connector.postgresql.PostgresSchema;
import io.debezium.connector.postgresql.connection.Lsn;
import io.debezium.connector.postgresql.connection.PostgresConnection;
import io.debezium.connector.postgresql.connection.ReplicationConnection;
import java.sql.SQLException;

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

  @Override
  protected ReplicationConnection buildReplicationConnection(
      PostgresConnection metadata, PostgresSchema schema, PostgresConnectorConfig config)
      throws SQLException {
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
            .withTypeRegistry(new LiteralTypes(metadata))
            .withSchema(schema)
            .jdbcMetadataConnection(metadata)
            .build();
    return new GuardedReplication(connection, after, guard);
  }
}
