package io.understudy.journal.kafka;

import io.understudy.journal.MirrorName;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Any client of Kafka that writes to a mirror's topic, in transactions of its own. */
final class Client implements AutoCloseable {
  private final String topic;
  private final KafkaProducer<byte[], byte[]> producer;

  /**
   * @param name no other client of this mirror's has it
   */
  Client(JournalFixture fixture, String name, MirrorName mirror) {
    this.topic = mirror.journalTopic();
    this.producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                fixture.broker().bootstrapServers(),
                "transactional.id",
                name + "-" + mirror,
                "max.request.size",
                32 << 20,
                "transaction.timeout.ms",
                60_000),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    producer.initTransactions();
  }

  void begin() {
    producer.beginTransaction();
  }

  /** What is no journal record: reading it would fail. */
  void sendNonsense() {
    send(new ProducerRecord<>(topic, new byte[] {1}));
  }

  /** A whole journal record. */
  void send(byte[] value) {
    send(new ProducerRecord<>(topic, value));
  }

  /** A part of one. */
  void send(byte[] value, Fragment fragment) {
    ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, value);
    record.headers().add(fragment.header());
    send(record);
  }

  private void send(ProducerRecord<byte[], byte[]> record) {
    Future<?> unused = producer.send(record);
  }

  void flush() {
    producer.flush();
  }

  void abort() {
    producer.abortTransaction();
  }

  void commit() {
    producer.commitTransaction();
  }

  @Override
  public void close() {
    producer.close();
  }
}
