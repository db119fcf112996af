package io.understudy.journal.embedded;

import java.util.Optional;
import java.util.Properties;

/**
 * Where the running broker of a folder is found. The instance is a random word that the control
 * port must know: a port that now belongs to another program is not mistaken for the broker.
 */
record BrokerAddress(long pid, int kafkaPort, int controlPort, String instance) {
  String bootstrapServers() {
    return "127.0.0.1:" + kafkaPort;
  }

  Properties toProperties() {
    Properties properties = new Properties();
    properties.setProperty("pid", Long.toString(pid));
    properties.setProperty("port", Integer.toString(kafkaPort));
    properties.setProperty("control-port", Integer.toString(controlPort));
    properties.setProperty("instance", instance);
    return properties;
  }

  /** Empty if anything is missing or no number: the file was not written by a broker. */
  static Optional<BrokerAddress> from(Properties properties) {
    try {
      String instance = properties.getProperty("instance", "");
      return instance.isEmpty()
          ? Optional.empty()
          : Optional.of(
              new BrokerAddress(
                  Long.parseLong(properties.getProperty("pid")),
                  Integer.parseInt(properties.getProperty("port")),
                  Integer.parseInt(properties.getProperty("control-port")),
                  instance));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
