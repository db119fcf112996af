package io.understudy.app.chaos;

import io.understudy.app.harness.Findings;
import io.understudy.journal.MirrorName;
import io.understudy.journal.codec.RecordCodec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads the whole journal as any client of Kafka would, what is committed only, and hands it to
 * {@link JournalRules}. The records are decoded by the product's codec, the one piece of product
 * code that the checker relies on.
 */
final class JournalAudit {
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Duration LIMIT = Duration.ofMinutes(3);

  private final String bootstrapServers;
  private final MirrorName mirror;

  JournalAudit(String bootstrapServers, MirrorName mirror) {
    this.bootstrapServers = bootstrapServers;
    this.mirror = mirror;
  }

  /** Checks all that was committed before this call. */
  JournalRules run(Findings findings) {
    JournalRules rules = new JournalRules(findings);
    RecordCodec codec = new RecordCodec();
    TopicPartition partition = partition();
    try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
      int partitions = consumer.partitionsFor(partition.topic()).size();
      if (partitions != 1) {
        findings.add(JournalRules.JOURNAL, "has " + partitions + " partitions");
      }
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      long deadline = System.nanoTime() + LIMIT.toNanos();
      while (consumer.position(partition) < end) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          rules.accept(record.offset(), codec.decode(record.value(), record.offset()));
        }
        if (System.nanoTime() > deadline) {
          findings.add(JournalRules.JOURNAL, "cannot be read to its end within " + LIMIT);
          return rules;
        }
      }
    }
    rules.end();
    return rules;
  }

  /** The offset behind the last committed record. */
  long end() {
    TopicPartition partition = partition();
    try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
      return consumer.endOffsets(List.of(partition)).get(partition);
    }
  }

  TopicPartition partition() {
    return new TopicPartition(mirror.journalTopic(), 0);
  }

  /** Sees what is committed, from where it is told to. */
  KafkaConsumer<byte[], byte[]> consumer() {
    return new KafkaConsumer<>(
        Map.of(
            "bootstrap.servers", bootstrapServers,
            "isolation.level", "read_committed",
            "auto.offset.reset", "none",
            "enable.auto.commit", "false"),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }
}
