package io.understudy.testkit;

import io.understudy.journal.embedded.BrokerMain;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;

/** A Kafka server as a child JVM under a watchdog: the embedded journal's broker, but it stays. */
final class EmbeddedKafka implements KafkaServer {
  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final Duration STOP_LIMIT = Duration.ofMinutes(1);
  private static final int TAIL_BYTES = 4_000;

  private final Watchdog watchdog;
  private final Path folder;
  private JavaProcess broker;
  private String bootstrapServers;

  private EmbeddedKafka(Watchdog watchdog, Path folder) {
    this.watchdog = watchdog;
    this.folder = folder;
  }

  static EmbeddedKafka start(Map<String, String> settings) {
    Path folder = Folders.temporary("kafka");
    Watchdog watchdog = Watchdog.start();
    watchdog.remove(folder);
    EmbeddedKafka kafka = new EmbeddedKafka(watchdog, folder);
    try {
      Files.createDirectories(kafka.brokerFolder().resolve("tmp"));
      Properties properties = new Properties();
      properties.putAll(settings);
      try (Writer writer = Files.newBufferedWriter(kafka.settingsFile())) {
        properties.store(writer, null);
      }
      kafka.startAgain();
      return kafka;
    } catch (IOException e) {
      watchdog.close();
      throw new ServerException("the folder of a Kafka server cannot be made: " + e, e);
    } catch (RuntimeException | Error e) {
      kafka.close();
      throw e;
    }
  }

  @Override
  public synchronized String bootstrapServers() {
    return bootstrapServers;
  }

  @Override
  public synchronized void startAgain() {
    if (isRunning()) {
      throw new IllegalStateException("Kafka on " + bootstrapServers + " runs already");
    }
    endBroker();
    broker =
        JavaProcess.of(BrokerMain.class)
            .heap("256m")
            .options(BrokerMain.javaOptions(brokerFolder()))
            .arguments(brokerFolder().toString(), BrokerMain.STAY, settingsFile().toString())
            .start();
    try {
      broker.awaitOutput(BrokerMain.READY, START_LIMIT);
    } catch (ServerException e) {
      throw new ServerException("Kafka did not start\n" + logTail(), e);
    }
    String address = "127.0.0.1:" + port();
    if (bootstrapServers != null && !bootstrapServers.equals(address)) {
      throw new ServerException("Kafka came back on " + address + ", not on " + bootstrapServers);
    }
    bootstrapServers = address;
  }

  @Override
  public synchronized void stop() {
    broker.terminate();
    broker.awaitExit(STOP_LIMIT);
  }

  @Override
  public synchronized void kill9() {
    broker.kill9();
  }

  @Override
  public synchronized void pause() {
    broker.pause();
  }

  @Override
  public synchronized void resume() {
    broker.resume();
  }

  @Override
  public synchronized boolean isRunning() {
    return broker != null && broker.isAlive();
  }

  @Override
  public String logTail() {
    return Folders.tail(brokerFolder().resolve("broker.log"), TAIL_BYTES);
  }

  @Override
  public synchronized void close() {
    try {
      endBroker();
    } finally {
      watchdog.close();
    }
  }

  private void endBroker() {
    if (broker != null) {
      broker.close();
    }
  }

  private Path brokerFolder() {
    return folder.resolve("broker");
  }

  private Path settingsFile() {
    return folder.resolve("settings.properties");
  }

  private String port() {
    Properties address = new Properties();
    try (Reader reader = Files.newBufferedReader(brokerFolder().resolve("broker.address"))) {
      address.load(reader);
    } catch (IOException e) {
      throw new ServerException("the address of the Kafka server cannot be read: " + e, e);
    }
    return address.getProperty("port");
  }
}
