package io.understudy.journal.kafka;

import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** The journal's topic, of one id, as a {@link JournalLog}. */
final class KafkaLog implements JournalLog {
  private static final Duration LOOK = Duration.ofMillis(100);

  private final MirrorName mirror;
  private final String topicId;
  private final Clients clients;
  private final Brokers brokers;
  private final JournalTopics topics;
  private final JournalLimits limits;

  KafkaLog(
      MirrorName mirror,
      String topicId,
      Clients clients,
      Brokers brokers,
      JournalTopics topics,
      JournalLimits limits) {
    this.mirror = mirror;
    this.topicId = topicId;
    this.clients = clients;
    this.brokers = brokers;
    this.topics = topics;
    this.limits = limits;
  }

  @Override
  public Tail tail() {
    topics.requireId(topicId);
    return tail(clients, mirror, limits);
  }

  static Tail tail(Clients clients, MirrorName mirror, JournalLimits limits) {
    Consumer<byte[], byte[]> consumer = open(clients, mirror);
    try {
      return Tail.read(mirror, consumer, Deadline.in(limits.call()));
    } finally {
      clients.close(consumer);
    }
  }

  @Override
  public Tail settledTail() {
    Deadline deadline = Deadline.in(limits.settle());
    while (true) {
      long written = written();
      Tail tail = tail();
      if (tail.end() >= written) {
        return tail;
      }
      if (deadline.passed()) {
        throw new MirrorException.Transient(
            "taking over the journal of mirror "
                + mirror
                + ": a Kafka transaction of another producer is open on topic "
                + mirror.journalTopic()
                + " from offset "
                + tail.end()
                + " on and hides what follows (kafka-transactions.sh find-hanging names it, abort ends it)",
            null);
      }
      deadline.pause(LOOK, "taking over the journal of mirror " + mirror);
    }
  }

  @Override
  public Holding takeOver() {
    topics.requireId(topicId);
    int topicBytes = topics.maxMessageBytes();
    String operation = "taking over the journal of mirror " + mirror;
    Producer<byte[], byte[]> producer;
    try {
      producer = clients.writer();
    } catch (KafkaException e) {
      throw KafkaErrors.of(operation, e);
    }
    try {
      producer.initTransactions();
    } catch (KafkaException | IllegalStateException e) {
      clients.drop(producer);
      throw KafkaErrors.of(operation, e);
    }
    return new KafkaHolding(mirror, producer, clients, topicBytes, limits);
  }

  /** Behind everything that is written, committed or not. */
  private long written() {
    TopicPartition journal = new TopicPartition(mirror.journalTopic(), 0);
    ListOffsetsResultInfo end =
        brokers.ask(
            "reading the end of topic " + journal.topic(),
            admin ->
                admin
                    .listOffsets(
                        Map.of(journal, OffsetSpec.latest()),
                        new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED))
                    .partitionResult(journal));
    return end.offset();
  }

  private static Consumer<byte[], byte[]> open(Clients clients, MirrorName mirror) {
    try {
      return clients.glance(clients.bootstrap());
    } catch (KafkaException e) {
      throw KafkaErrors.of("reading the end of topic " + mirror.journalTopic(), e);
    }
  }
}
