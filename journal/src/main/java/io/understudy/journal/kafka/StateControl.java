package io.understudy.journal.kafka;

import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;

/**
 * The right to change who is the source. One process has it: whoever takes it ends the former
 * holder's, which can store nothing any more, however late it wakes up. Owned by one thread; after
 * an exception only {@link #close} may be called.
 */
public final class StateControl implements AutoCloseable {
  private final MirrorName mirror;
  private final Clients clients;
  private final Producer<byte[], byte[]> producer;

  private StateControl(MirrorName mirror, Clients clients, Producer<byte[], byte[]> producer) {
    this.mirror = mirror;
    this.clients = clients;
    this.producer = producer;
  }

  static StateControl take(MirrorName mirror, Clients clients, JournalTopics topics) {
    topics.requireStateTopic();
    Producer<byte[], byte[]> producer = null;
    try {
      producer = clients.controller();
      producer.initTransactions();
      return new StateControl(mirror, clients, producer);
    } catch (KafkaException e) {
      if (producer != null) {
        clients.drop(producer);
      }
      throw KafkaErrors.of("taking the control of mirror " + mirror, e);
    }
  }

  /**
   * All of it or nothing; durable on return.
   *
   * @throws MirrorException.Superseded if another process has the control by now
   */
  public void write(FactChanges changes) {
    String operation = "storing the state of mirror " + mirror;
    try {
      producer.beginTransaction();
      for (Map.Entry<String, byte[]> fact : changes.values().entrySet()) {
        byte[] key = fact.getKey().getBytes(StandardCharsets.UTF_8);
        // What comes of it, the commit tells.
        Future<RecordMetadata> unused =
            producer.send(new ProducerRecord<>(mirror.stateTopic(), 0, key, fact.getValue()));
      }
      producer.commitTransaction();
    } catch (KafkaException | IllegalStateException e) {
      clients.drop(producer);
      if (KafkaErrors.looksFenced(e)) {
        throw new MirrorException.Superseded(
            operation + " was refused: another process changes it by now", e);
      }
      throw KafkaErrors.of(operation, e);
    }
  }

  @Override
  public void close() {
    clients.close(producer);
  }
}
