package io.understudy.testkit;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;

/**
 * The program of one node of a {@link KafkaCluster}: formats its data at the first start, and stays
 * until it is ended.
 */
public final class KafkaClusterNode {
  static final String READY = "kafka-cluster-node-ready";

  private KafkaClusterNode() {}

  /**
   * @param arguments the file of its settings, and the cluster's id
   */
  public static void main(String[] arguments) {
    try {
      Properties settings = new Properties();
      try (Reader reader = Files.newBufferedReader(Path.of(arguments[0]))) {
        settings.load(reader);
      }
      if (!Files.exists(Path.of(settings.getProperty("log.dirs"), "meta.properties"))) {
        format(settings, arguments[1]);
      }
      new KafkaRaftServer(KafkaConfig.fromProps(settings, false), Time.SYSTEM).startup();
      System.out.println(READY);
      Thread.sleep(Long.MAX_VALUE);
    } catch (Throwable e) {
      e.printStackTrace(System.out);
    }
    // Kafka leaves threads behind when a start fails half-way.
    Runtime.getRuntime().halt(1);
  }

  private static void format(Properties settings, String cluster) throws Exception {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    new Formatter()
        .setPrintStream(new PrintStream(said, true, StandardCharsets.UTF_8))
        .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
        .setNodeId(Integer.parseInt(settings.getProperty("node.id")))
        .setClusterId(cluster)
        .addDirectory(settings.getProperty("log.dirs"))
        .setMetadataLogDirectory(settings.getProperty("log.dirs"))
        .setControllerListenerName("CONTROLLER")
        .run();
  }
}
