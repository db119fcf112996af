package io.understudy.journal.kafka;

import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Those who watch the source. All hear what each of them says; one leads: the one to whom Kafka's
 * group coordination gave the topic's only partition. That alone proves nothing to whoever was
 * stopped since, see {@link #requireLead}. Owned by one thread.
 */
public final class Council implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Council.class);

  private final Clients clients;
  private final TopicPartition topic;
  private final Consumer<byte[], byte[]> member;
  private final Consumer<byte[], byte[]> listener;
  private final Producer<byte[], byte[]> speaker;
  private Future<RecordMetadata> speaking;
  private long read;

  /**
   * What somebody said, or we ourselves.
   *
   * @param offset in the order in which all hear it
   */
  public record Word(long offset, String text) {}

  private Council(
      Clients clients,
      TopicPartition topic,
      Consumer<byte[], byte[]> member,
      Consumer<byte[], byte[]> listener,
      Producer<byte[], byte[]> speaker) {
    this.clients = clients;
    this.topic = topic;
    this.member = member;
    this.listener = listener;
    this.speaker = speaker;
  }

  static Council join(MirrorName mirror, Clients clients) {
    TopicPartition topic = new TopicPartition(mirror.observationsTopic(), 0);
    try {
      Council council =
          new Council(clients, topic, clients.member(), clients.listener(), clients.speaker());
      try {
        council.listener.assign(List.of(topic));
        council.listener.seekToEnd(List.of(topic));
        council.read = council.listener.position(topic) - 1;
        council.member.subscribe(List.of(topic.topic()));
        return council;
      } catch (KafkaException e) {
        council.close();
        throw e;
      }
    } catch (KafkaException e) {
      throw KafkaErrors.of("joining the controllers of mirror " + mirror, e);
    }
  }

  /** What was said since; waits up to {@code limit} for something. */
  public List<Word> hear(Duration limit) {
    try {
      for (ConsumerRecord<byte[], byte[]> unused : member.poll(Duration.ZERO)) {
        log.trace("the listener reads it");
      }
      member.pause(member.assignment());
      List<Word> words = new ArrayList<>();
      for (ConsumerRecord<byte[], byte[]> record : listener.poll(limit)) {
        words.add(new Word(record.offset(), new String(record.value(), StandardCharsets.UTF_8)));
        read = record.offset();
      }
      return words;
    } catch (KafkaException e) {
      throw KafkaErrors.of("hearing the controllers on topic " + topic.topic(), e);
    }
  }

  /** The offset of the last word that was heard, or came before we joined. */
  public long read() {
    return read;
  }

  /** Says something to all; does not wait. Nothing is said while the last word is on its way. */
  public boolean say(String text) {
    if (speaking != null && !speaking.isDone()) {
      return false;
    }
    try {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      speaking = speaker.send(new ProducerRecord<>(topic.topic(), 0, null, bytes));
      return true;
    } catch (TimeoutException e) {
      log.debug("nothing can be said now", e);
      return false;
    } catch (KafkaException e) {
      throw KafkaErrors.of("speaking on topic " + topic.topic(), e);
    }
  }

  /** Whether we lead, as far as we have heard. */
  public boolean leads() {
    return member.assignment().contains(topic);
  }

  /**
   * Asks the group's coordinator whether we lead now.
   *
   * @throws MirrorException.Superseded if we do not
   * @throws MirrorException.Transient if that cannot be found out
   */
  public void requireLead() {
    if (!leads()) {
      throw new MirrorException.Superseded("another controller leads by now");
    }
    try {
      member.commitSync(Map.of(topic, new OffsetAndMetadata(Math.max(0, read))));
    } catch (org.apache.kafka.clients.consumer.CommitFailedException
        | org.apache.kafka.common.errors.RebalanceInProgressException e) {
      throw new MirrorException.Superseded("another controller leads by now", e);
    } catch (KafkaException e) {
      throw KafkaErrors.of("asking who leads the controllers", e);
    }
  }

  /** Says a last word, and leaves, so that another one leads at once. */
  public void leave(String text) {
    boolean unused = say(text);
    close();
  }

  @Override
  public void close() {
    clients.close(speaker);
    clients.close(listener);
    clients.close(member);
  }
}
