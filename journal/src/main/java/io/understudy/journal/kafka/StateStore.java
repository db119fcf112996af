package io.understudy.journal.kafka;

import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * A mirror's small facts, on the compacted topic beside the journal. Safe for use by several
 * threads. The last one to write a fact wins: whoever writes must hold the role that the fact
 * belongs to. Throws {@link MirrorException} by its kind.
 */
public final class StateStore implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration GRACE = Duration.ofSeconds(1);

  private final MirrorName mirror;
  private final Clients clients;
  private final JournalTopics topics;
  private final JournalLimits limits;
  private Producer<byte[], byte[]> producer;
  private String address;

  StateStore(MirrorName mirror, Clients clients, JournalTopics topics, JournalLimits limits) {
    this.mirror = mirror;
    this.clients = clients;
    this.topics = topics;
    this.limits = limits;
  }

  /** Everything stored, read to the end of the topic; nothing if there is no such topic yet. */
  public Facts read() {
    return FactCodec.decode(all(), mirror);
  }

  /** The tables' shapes that were stored last; empty if there are none, or not all of them. */
  public Optional<TableShapes> shapes() {
    return ShapeCodec.decode(all(), mirror);
  }

  private Map<String, byte[]> all() {
    if (!topics.hasStateTopic()) {
      return Map.of();
    }
    String operation = "reading topic " + mirror.stateTopic();
    Map<String, byte[]> facts = new TreeMap<>();
    try {
      Consumer<byte[], byte[]> consumer = clients.glance(clients.bootstrap());
      try {
        read(consumer, facts);
      } finally {
        clients.close(consumer);
      }
    } catch (KafkaException e) {
      throw KafkaErrors.of(operation, e);
    }
    return facts;
  }

  /** Durable on return. */
  public void put(MirrorFacts facts) {
    put(FactCodec.MIRROR, FactCodec.encode(facts));
  }

  /** Durable on return; replaces the last report of the same role. */
  public void put(RoleReport report) {
    put(FactCodec.ROLE + report.role(), FactCodec.encode(report));
  }

  /** Durable on return; replaces the last one of the same standby. */
  public void put(VerificationFact fact) {
    put(FactCodec.VERIFIED + fact.standby(), FactCodec.encode(fact));
  }

  /** Durable on return; replaces those that were there. */
  public void put(TableShapes shapes) {
    ShapeCodec.encode(shapes).forEach(this::put);
  }

  /** Durable on return, one after the other. */
  public void write(FactChanges changes) {
    changes.values().forEach(this::put);
  }

  @Override
  public synchronized void close() {
    if (producer != null) {
      clients.drop(producer);
      producer = null;
    }
  }

  private synchronized void put(String key, byte[] value) {
    String operation = "writing " + key + " to topic " + mirror.stateTopic();
    try {
      connect();
      producer
          .send(
              new ProducerRecord<>(
                  mirror.stateTopic(), 0, key.getBytes(StandardCharsets.UTF_8), value))
          .get(limits.call().plus(GRACE).toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      close();
      throw KafkaErrors.of(operation, e.getCause());
    } catch (KafkaException | IllegalStateException | TimeoutException | InterruptedException e) {
      close();
      throw KafkaErrors.of(operation, e);
    }
  }

  private void connect() {
    String now = clients.bootstrap();
    if (producer != null && !now.equals(address)) {
      close();
    }
    if (producer == null) {
      // A producer would make a missing topic itself, and with the wrong settings.
      topics.requireStateTopic();
      producer = clients.facts();
      address = now;
    }
  }

  private void read(Consumer<byte[], byte[]> consumer, Map<String, byte[]> facts) {
    TopicPartition state = new TopicPartition(mirror.stateTopic(), 0);
    Deadline deadline = Deadline.in(limits.call());
    consumer.assign(List.of(state));
    long end = consumer.endOffsets(List.of(state)).get(state);
    consumer.seek(state, consumer.beginningOffsets(List.of(state)).get(state));
    while (consumer.position(state) < end) {
      if (deadline.passed()) {
        throw new MirrorException.Transient(
            "reading topic "
                + state.topic()
                + " did not get past offset "
                + consumer.position(state),
            null);
      }
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(deadline.left(POLL))) {
        String key = new String(record.key(), StandardCharsets.UTF_8);
        if (record.value() == null) {
          facts.remove(key);
        } else {
          facts.put(key, record.value());
        }
      }
    }
  }

  /**
   * @param mirror empty before the first {@code init}
   * @param roles in the order of their names
   * @param verified the last of each standby
   * @param operations changes of the source, the oldest first
   * @param formers databases that were the source, and to which something is owed
   */
  public record Facts(
      Optional<MirrorFacts> mirror,
      List<RoleReport> roles,
      List<VerificationFact> verified,
      List<OperationFact> operations,
      List<FormerFact> formers) {
    public Facts {
      roles = List.copyOf(roles);
      verified = List.copyOf(verified);
      operations = List.copyOf(operations);
      formers = List.copyOf(formers);
    }

    /** Of a mirror whose source never changed. */
    public Facts(
        Optional<MirrorFacts> mirror, List<RoleReport> roles, List<VerificationFact> verified) {
      this(mirror, roles, verified, List.of(), List.of());
    }
  }
}
