package io.understudy.testkit;

import io.understudy.journal.embedded.BrokerMain;
import io.understudy.journal.embedded.LoopbackPorts;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;

/**
 * Kafka on one or more nodes, each a child JVM that is broker and controller. There are two ways to
 * it: straight, and through a proxy in front of each node, so that one client can be cut off while
 * the others are not.
 */
public final class KafkaCluster implements KafkaServer {
  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final Duration STOP_LIMIT = Duration.ofMinutes(1);
  private static final int TAIL_BYTES = 4_000;

  private record Node(Path folder, int port, int asidePort, int controllerPort, TcpProxy proxy) {}

  private final String id = Uuid.randomUuid().toString();
  private final Watchdog watchdog = Watchdog.start();
  private final List<Node> nodes = new ArrayList<>();
  private final JavaProcess[] processes;

  private KafkaCluster(int size) {
    processes = new JavaProcess[size];
  }

  /** Starts a cluster whose topics have as many replicas as it has nodes, three at the most. */
  public static KafkaCluster start(int size) {
    KafkaCluster cluster = new KafkaCluster(size);
    try {
      for (int node = 0; node < size; node++) {
        cluster.prepare();
      }
      for (int node = 0; node < size; node++) {
        cluster.writeSettings(node);
      }
      cluster.startAgain();
      return cluster;
    } catch (IOException e) {
      cluster.close();
      throw new ServerException("the folders of a Kafka cluster cannot be made: " + e, e);
    } catch (RuntimeException | Error e) {
      cluster.close();
      throw e;
    }
  }

  private void prepare() throws IOException {
    Path folder = Folders.temporary("kafka");
    watchdog.remove(folder);
    Files.createDirectories(folder.resolve("tmp"));
    int aside = LoopbackPorts.free();
    TcpProxy proxy = TcpProxy.to("127.0.0.1", aside);
    nodes.add(new Node(folder, LoopbackPorts.free(), aside, LoopbackPorts.free(), proxy));
  }

  private void writeSettings(int index) throws IOException {
    Node node = nodes.get(index);
    String replicas = Integer.toString(Math.min(3, nodes.size()));
    String inSync = nodes.size() < 3 ? "1" : "2";
    String voters =
        IntStream.range(0, nodes.size())
            .mapToObj(it -> it + "@127.0.0.1:" + nodes.get(it).controllerPort())
            .collect(Collectors.joining(","));
    Properties settings = new Properties();
    settings.putAll(
        Map.of(
            "process.roles",
            "broker,controller",
            "node.id",
            Integer.toString(index),
            "log.dirs",
            node.folder().resolve("data").toString(),
            "controller.quorum.voters",
            voters,
            "controller.listener.names",
            "CONTROLLER",
            "inter.broker.listener.name",
            "CLIENTS",
            "listener.security.protocol.map",
            "CLIENTS:PLAINTEXT,ASIDE:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "listeners",
            "CLIENTS://127.0.0.1:%d,ASIDE://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d"
                .formatted(node.port(), node.asidePort(), node.controllerPort()),
            "advertised.listeners",
            "CLIENTS://127.0.0.1:%d,ASIDE://127.0.0.1:%d"
                .formatted(node.port(), node.proxy().port())));
    settings.putAll(
        Map.of(
            "default.replication.factor", replicas,
            "min.insync.replicas", inSync,
            "offsets.topic.num.partitions", "1",
            "offsets.topic.replication.factor", replicas,
            "transaction.state.log.num.partitions", "1",
            "transaction.state.log.replication.factor", replicas,
            "transaction.state.log.min.isr", inSync,
            "auto.create.topics.enable", "false",
            "log.cleaner.dedupe.buffer.size", Integer.toString(8 << 20)));
    settings.putAll(
        Map.of(
            "broker.session.timeout.ms", "3000",
            "broker.heartbeat.interval.ms", "500",
            "group.initial.rebalance.delay.ms", "0",
            "num.io.threads", "4",
            "num.network.threads", "2"));
    try (Writer writer = Files.newBufferedWriter(settingsFile(node))) {
      settings.store(writer, null);
    }
  }

  private static Path settingsFile(Node node) {
    return node.folder().resolve("settings.properties");
  }

  @Override
  public String bootstrapServers() {
    return addresses(nodes.stream().map(Node::port).toList());
  }

  /** Host and port of the proxies. */
  public String bootstrapServersAside() {
    return addresses(nodes.stream().map(it -> it.proxy().port()).toList());
  }

  private static String addresses(List<Integer> ports) {
    return ports.stream().map(it -> "127.0.0.1:" + it).collect(Collectors.joining(","));
  }

  /** In front of each node; heals by {@link TcpProxy#heal}. */
  public List<TcpProxy> proxies() {
    return nodes.stream().map(Node::proxy).toList();
  }

  public synchronized void killNode(int node) {
    processes[node].kill9();
  }

  /** Starts one node that was killed; its own data are brought up to those of the others. */
  public synchronized void startNode(int node) {
    launch(node);
    awaitReady(node);
  }

  @Override
  public synchronized void startAgain() {
    // None of them is ready before most of them are there.
    for (int node = 0; node < nodes.size(); node++) {
      launch(node);
    }
    for (int node = 0; node < nodes.size(); node++) {
      awaitReady(node);
    }
  }

  private void launch(int index) {
    if (processes[index] != null) {
      if (processes[index].isAlive()) {
        throw new IllegalStateException("node " + index + " runs already");
      }
      processes[index].close();
    }
    Path folder = nodes.get(index).folder();
    processes[index] =
        JavaProcess.of(KafkaClusterNode.class)
            .heap("256m")
            .options(BrokerMain.javaOptions(folder))
            .arguments(settingsFile(nodes.get(index)).toString(), id)
            .start();
  }

  private void awaitReady(int node) {
    try {
      processes[node].awaitOutput(KafkaClusterNode.READY, START_LIMIT);
    } catch (ServerException e) {
      throw new ServerException("node " + node + " of Kafka did not start\n" + logTail(), e);
    }
  }

  @Override
  public synchronized void stop() {
    List<JavaProcess> all = List.of(processes);
    all.forEach(JavaProcess::terminate);
    all.forEach(it -> it.awaitExit(STOP_LIMIT));
  }

  @Override
  public synchronized void kill9() {
    List.of(processes).forEach(JavaProcess::kill9);
  }

  @Override
  public synchronized void pause() {
    List.of(processes).forEach(JavaProcess::pause);
  }

  @Override
  public synchronized void resume() {
    List.of(processes).forEach(JavaProcess::resume);
  }

  @Override
  public synchronized boolean isRunning() {
    return List.of(processes).stream().allMatch(JavaProcess::isAlive);
  }

  @Override
  public String logTail() {
    return nodes.stream()
        .map(it -> Folders.tail(it.folder().resolve("broker.log"), TAIL_BYTES))
        .collect(Collectors.joining("\n--- the next node\n"));
  }

  @Override
  public synchronized void close() {
    try {
      for (JavaProcess process : processes) {
        if (process != null) {
          process.close();
        }
      }
      nodes.forEach(it -> it.proxy().close());
    } finally {
      watchdog.close();
    }
  }
}
