package io.understudy.journal.embedded;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Properties;
import java.util.stream.Stream;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;

/**
 * The Kafka server inside the child JVM. New data are formatted aside and renamed into place, so
 * that an interrupted first start leaves nothing that looks like a journal.
 */
final class KafkaNode {
  private final KafkaRaftServer server;

  private KafkaNode(KafkaRaftServer server) {
    this.server = server;
  }

  static KafkaNode start(BrokerFolder folder, int kafkaPort, Properties more) throws IOException {
    String cluster = folder.claim(Uuid.randomUuid().toString());
    if (!Files.exists(folder.data())) {
      format(folder, cluster);
    }
    folder.requireData(cluster);
    Properties settings = BrokerSettings.of(folder, kafkaPort, LoopbackPorts.free());
    settings.putAll(more);
    KafkaRaftServer server =
        new KafkaRaftServer(KafkaConfig.fromProps(settings, false), Time.SYSTEM);
    server.startup();
    return new KafkaNode(server);
  }

  /** Clean: everything is on disk and no recovery is needed at the next start. */
  void stop() {
    server.shutdown();
    server.awaitShutdown();
  }

  private static void format(BrokerFolder folder, String cluster) throws IOException {
    Path aside = folder.path().resolve("broker.data.new");
    deleteAll(aside);
    Files.createDirectories(aside);
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    try {
      new Formatter()
          .setPrintStream(new PrintStream(said, true, StandardCharsets.UTF_8))
          .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
          .setNodeId(BrokerSettings.NODE_ID)
          .setClusterId(cluster)
          .addDirectory(aside.toString())
          .setMetadataLogDirectory(aside.toString())
          .setControllerListenerName("CONTROLLER")
          .run();
    } catch (Exception e) {
      throw new IOException(
          "formatting " + folder.data() + " failed: " + said.toString(StandardCharsets.UTF_8), e);
    }
    Files.move(aside, folder.data(), StandardCopyOption.ATOMIC_MOVE);
  }

  private static void deleteAll(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
