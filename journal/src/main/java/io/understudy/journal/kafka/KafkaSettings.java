package io.understudy.journal.kafka;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * How to reach the brokers.
 *
 * @param bootstrap asked each time a client is made: an embedded broker may come back on another
 *     port. May throw a {@code MirrorException}
 * @param client Kafka's own client settings, for TLS, SASL and the network; see {@link #refused}
 * @param copies of each topic that is made; fewer where there are fewer brokers
 * @param singleNode whether the broker is one node of our own without a replica, so that each write
 *     must reach its disk
 */
public record KafkaSettings(
    Supplier<String> bootstrap, Map<String, String> client, int copies, boolean singleNode) {
  private static final List<String> ALLOWED =
      List.of(
          "security.",
          "ssl.",
          "sasl.",
          "socket.",
          "send.buffer.",
          "receive.buffer.",
          "reconnect.",
          "connections.",
          "client.dns.lookup");

  public KafkaSettings {
    client = Map.copyOf(client);
    List<String> refused = refused(client);
    if (!refused.isEmpty()) {
      throw new IllegalArgumentException("Kafka settings that are not the user's: " + refused);
    }
  }

  /** A cluster of the user's. */
  public static KafkaSettings cluster(
      String bootstrapServers, Map<String, String> client, int copies) {
    return new KafkaSettings(() -> bootstrapServers, client, copies, false);
  }

  /** The embedded broker, found at whatever address it has at the time. */
  public static KafkaSettings embedded(Supplier<String> bootstrap) {
    return new KafkaSettings(bootstrap, Map.of(), 1, true);
  }

  /**
   * Those of the user's settings that must not be set, in name order: the journal's promises rest
   * on all others, so only how to get to the brokers is free.
   */
  public static List<String> refused(Map<String, String> client) {
    return client.keySet().stream()
        .filter(name -> ALLOWED.stream().noneMatch(name::startsWith))
        .sorted()
        .toList();
  }

  /** Without the values, which may be secrets. */
  @Override
  public String toString() {
    return "Kafka"
        + (client.isEmpty() ? "" : " with " + client.keySet().stream().sorted().toList());
  }
}
