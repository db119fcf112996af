package io.understudy.journal.embedded;

import java.util.Properties;

/**
 * The Kafka settings of an embedded broker: one node that is broker and controller, loopback only,
 * small enough for a 256 MiB heap and a 64 MB file system, and every write on disk before it is
 * acknowledged, because there is no second replica that could have it.
 */
final class BrokerSettings {
  static final int NODE_ID = 1;

  private static final String SEGMENT_BYTES = Integer.toString(16 << 20);
  private static final String INDEX_BYTES = Integer.toString(128 << 10);
  private static final String METADATA_BYTES = Integer.toString(8 << 20);

  private BrokerSettings() {}

  static Properties of(BrokerFolder folder, int kafkaPort, int controllerPort) {
    Properties p = new Properties();
    p.setProperty("process.roles", "broker,controller");
    p.setProperty("node.id", Integer.toString(NODE_ID));
    p.setProperty("log.dirs", folder.data().toString());
    p.setProperty("controller.quorum.voters", NODE_ID + "@127.0.0.1:" + controllerPort);
    p.setProperty(
        "listeners",
        "CLIENTS://127.0.0.1:" + kafkaPort + ",CONTROLLER://127.0.0.1:" + controllerPort);
    p.setProperty("advertised.listeners", "CLIENTS://127.0.0.1:" + kafkaPort);
    p.setProperty("listener.security.protocol.map", "CLIENTS:PLAINTEXT,CONTROLLER:PLAINTEXT");
    p.setProperty("inter.broker.listener.name", "CLIENTS");
    p.setProperty("controller.listener.names", "CONTROLLER");
    p.setProperty("auto.create.topics.enable", "false");

    p.setProperty("default.replication.factor", "1");
    p.setProperty("offsets.topic.num.partitions", "1");
    p.setProperty("offsets.topic.replication.factor", "1");
    p.setProperty("transaction.state.log.num.partitions", "1");
    p.setProperty("transaction.state.log.replication.factor", "1");
    p.setProperty("transaction.state.log.min.isr", "1");
    p.setProperty("share.coordinator.state.topic.num.partitions", "1");
    p.setProperty("share.coordinator.state.topic.replication.factor", "1");
    p.setProperty("share.coordinator.state.topic.min.isr", "1");

    p.setProperty("log.flush.interval.messages", "1");
    p.setProperty("log.segment.bytes", SEGMENT_BYTES);
    p.setProperty("log.index.size.max.bytes", INDEX_BYTES);
    p.setProperty("offsets.topic.segment.bytes", SEGMENT_BYTES);
    p.setProperty("transaction.state.log.segment.bytes", SEGMENT_BYTES);
    p.setProperty("log.segment.delete.delay.ms", "1000");
    p.setProperty("metadata.log.segment.bytes", METADATA_BYTES);
    p.setProperty("metadata.max.retention.bytes", METADATA_BYTES);
    // No record twice a second into the metadata log only to show that the controller lives.
    p.setProperty("metadata.max.idle.interval.ms", "0");

    // After kill -9 the controller waits this long before it lets the same broker in again.
    p.setProperty("broker.session.timeout.ms", "3000");
    p.setProperty("broker.heartbeat.interval.ms", "500");
    p.setProperty("group.initial.rebalance.delay.ms", "0");

    p.setProperty("num.network.threads", "2");
    p.setProperty("num.io.threads", "4");
    p.setProperty("background.threads", "2");
    p.setProperty("num.recovery.threads.per.data.dir", "2");
    p.setProperty("log.cleaner.dedupe.buffer.size", Integer.toString(8 << 20));
    return p;
  }
}
