package io.understudy.app.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where the journal is, and how it is kept.
 *
 * @param replicationFactor of topics that are created
 * @param pieceBytes about how large a piece of a large transaction is
 */
public record JournalSettings(
    Brokers brokers, int replicationFactor, Duration retention, int pieceBytes) {

  /** Whose Kafka it is. */
  public sealed interface Brokers {}

  /** A broker of Understudy's own, with its data in {@code folder}. */
  public record Embedded(Path folder) implements Brokers {}

  /**
   * A cluster that is there already.
   *
   * @param client further Kafka client settings; they may hold secrets
   */
  public record Cluster(String bootstrapServers, Map<String, String> client) implements Brokers {
    public Cluster {
      client = Map.copyOf(client);
    }

    /** Without the values of the client settings. */
    @Override
    public String toString() {
      return "Kafka at " + bootstrapServers + " with settings " + new TreeMap<>(client).keySet();
    }
  }
}
