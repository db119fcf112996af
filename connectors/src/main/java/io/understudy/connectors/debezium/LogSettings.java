package io.understudy.connectors.debezium;

import io.understudy.connectors.slot.SlotSettings;
import java.util.Map;

/**
 * What Debezium needs to know to read a slot.
 *
 * @param session the name under which the server lists this reader's sessions
 * @param server {@code HOST:PORT[,HOST:PORT…]/DATABASE} as it stands in a JDBC URL
 * @param properties JDBC driver properties
 */
public record LogSettings(
    SlotSettings slot,
    String session,
    String server,
    String database,
    String user,
    String password,
    Map<String, String> properties) {
  public LogSettings {
    properties = Map.copyOf(properties);
  }

  @Override
  public String toString() {
    return "slot " + slot.slot() + ", publication " + slot.publication() + ", user " + user;
  }
}
