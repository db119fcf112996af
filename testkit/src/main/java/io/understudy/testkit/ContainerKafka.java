package io.understudy.testkit;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A Kafka server in a container of the official image. */
final class ContainerKafka implements KafkaServer {
  private static final String IMAGE = "apache/kafka:4.1.1";
  private static final int INNER_PORT = 9092;
  private static final String READY = ".*Kafka Server started.*\\s";

  private final ServerContainer container;

  private ContainerKafka(ServerContainer container) {
    this.container = container;
  }

  static ContainerKafka start(Map<String, String> settings) {
    int port = ServerContainer.choosePort();
    Map<String, String> environment = new HashMap<>();
    defaults(port).forEach((name, value) -> environment.put(variable(name), value));
    settings.forEach((name, value) -> environment.put(variable(name), value));
    return new ContainerKafka(
        ServerContainer.start(IMAGE, INNER_PORT, port, environment, List.of(), READY, 1));
  }

  @Override
  public String bootstrapServers() {
    return container.host() + ":" + container.port();
  }

  @Override
  public void stop() {
    container.end("TERM");
  }

  @Override
  public void startAgain() {
    container.startAgain();
  }

  @Override
  public void kill9() {
    container.end("KILL");
  }

  @Override
  public void pause() {
    container.pause();
  }

  @Override
  public void resume() {
    container.resume();
  }

  @Override
  public boolean isRunning() {
    return container.isRunning();
  }

  @Override
  public String logTail() {
    return container.logTail();
  }

  @Override
  public void close() {
    container.close();
  }

  private static Map<String, String> defaults(int port) {
    Map<String, String> defaults = new HashMap<>();
    defaults.put("node.id", "1");
    defaults.put("process.roles", "broker,controller");
    defaults.put("listeners", "CLIENTS://:" + INNER_PORT + ",CONTROLLER://:9093");
    defaults.put("advertised.listeners", "CLIENTS://" + ServerContainer.engineHost() + ":" + port);
    defaults.put("listener.security.protocol.map", "CLIENTS:PLAINTEXT,CONTROLLER:PLAINTEXT");
    defaults.put("inter.broker.listener.name", "CLIENTS");
    defaults.put("controller.listener.names", "CONTROLLER");
    defaults.put("controller.quorum.voters", "1@localhost:9093");
    defaults.put("auto.create.topics.enable", "false");
    defaults.put("offsets.topic.replication.factor", "1");
    defaults.put("transaction.state.log.replication.factor", "1");
    defaults.put("transaction.state.log.min.isr", "1");
    defaults.put("group.initial.rebalance.delay.ms", "0");
    return defaults;
  }

  /** The image's rule for settings in its environment. */
  private static String variable(String setting) {
    return "KAFKA_"
        + setting.replace("_", "__").replace("-", "___").replace('.', '_').toUpperCase(Locale.ROOT);
  }
}
