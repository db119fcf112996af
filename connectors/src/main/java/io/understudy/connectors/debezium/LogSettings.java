package io.understudy.connectors.debezium;

import io.understudy.connectors.TablePatterns;
import java.util.Map;

/**
 * What reading a slot needs to know.
 *
 * @param session the name under which the server lists this reader's sessions
 * @param server {@code HOST:PORT[,HOST:PORT…]/DATABASE} as it stands in a JDBC URL
 * @param properties JDBC driver properties
 * @param maxBatchChanges most log events held in one batch
 * @param maxBatchBytes roughly the most bytes of log held in memory
 */
public record LogSettings(
    String session,
    String slot,
    String publication,
    String server,
    String database,
    String user,
    String password,
    Map<String, String> properties,
    TablePatterns tables,
    int maxBatchChanges,
    long maxBatchBytes) {
  public LogSettings {
    properties = Map.copyOf(properties);
  }

  @Override
  public String toString() {
    return "slot " + slot + ", publication " + publication + ", user " + user;
  }
}
