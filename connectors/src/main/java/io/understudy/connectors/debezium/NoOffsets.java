package io.understudy.connectors.debezium;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.apache.kafka.connect.storage.OffsetStorageReader;

/**
 * Tells Debezium that nothing was ever read, so that it starts where the slot stands and searches
 * and skips nothing. What was read before is dropped by the journal's tail.
 */
record NoOffsets(Map<String, String> configs) implements SourceTaskContext, OffsetStorageReader {

  @Override
  public OffsetStorageReader offsetStorageReader() {
    return this;
  }

  @Override
  public PluginMetrics pluginMetrics() {
    throw new UnsupportedOperationException("nobody collects Connect's metrics here");
  }

  @Override
  public <T> Map<String, Object> offset(Map<String, T> partition) {
    return null;
  }

  @Override
  public <T> Map<Map<String, T>, Map<String, Object>> offsets(
      Collection<Map<String, T>> partitions) {
    return new HashMap<>();
  }
}
