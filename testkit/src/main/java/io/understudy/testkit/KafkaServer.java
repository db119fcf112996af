package io.understudy.testkit;

import java.util.Map;

/**
 * A Kafka server of one's own, as a user's cluster would be: nobody starts it again when it is
 * killed. Its address stays the same over restarts, and so do its data until it is closed.
 */
public interface KafkaServer extends AutoCloseable {
  /** Starts a new server, embedded or in a container as the system property says. */
  static KafkaServer start() {
    return start(Map.of());
  }

  /** With Kafka's own broker settings in addition to, or instead of, the usual ones. */
  static KafkaServer start(Map<String, String> settings) {
    return Servers.chosen() == Servers.CONTAINERS
        ? ContainerKafka.start(settings)
        : EmbeddedKafka.start(settings);
  }

  /** Host and port for clients. */
  String bootstrapServers();

  /** Stops it cleanly. */
  void stop();

  /** Starts it again on its old address and data, recovering them if need be. */
  void startAgain();

  void kill9();

  /** Freezes it: connections stay open and nothing answers. */
  void pause();

  void resume();

  boolean isRunning();

  /** The end of the server's log. */
  String logTail();

  @Override
  void close();
}
