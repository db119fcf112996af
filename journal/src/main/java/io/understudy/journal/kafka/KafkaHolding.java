package io.understudy.journal.kafka;

import io.understudy.journal.MirrorName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Header;

/**
 * A transactional producer that has fenced all others of its id. {@code topicBytes} is what the
 * topic takes, {@code limitBytes} what this process does; a record must fit both uncompressed.
 */
final class KafkaHolding implements JournalLog.Holding {
  /** What Kafka adds to a record: batch and record header, the claim's header. */
  private static final int OVERHEAD = 512;

  private final MirrorName mirror;
  private final Producer<byte[], byte[]> producer;
  private final Clients clients;
  private final int topicBytes;
  private final int limitBytes;
  private boolean open;
  private Future<RecordMetadata> last;

  KafkaHolding(
      MirrorName mirror,
      Producer<byte[], byte[]> producer,
      Clients clients,
      int topicBytes,
      int limitBytes) {
    this.mirror = mirror;
    this.producer = producer;
    this.clients = clients;
    this.topicBytes = topicBytes;
    this.limitBytes = limitBytes;
  }

  @Override
  public int maxRecordBytes() {
    return Math.min(topicBytes, limitBytes) - OVERHEAD;
  }

  @Override
  public String remedyForLarger() {
    return topicBytes < limitBytes
        ? JournalTopics.alter(mirror.journalTopic(), "max.message.bytes=" + limitBytes)
        : "the journal takes no row above "
            + limitBytes
            + " bytes: leave its table out of the mirror (tables.exclude), or keep such values elsewhere";
  }

  @Override
  public void append(byte[] record, Optional<UUID> claim) {
    List<Header> headers = claim.map(ClaimHeader::with).orElse(List.of());
    try {
      if (!open) {
        producer.beginTransaction();
        open = true;
      }
      last =
          producer.send(
              new ProducerRecord<>(mirror.journalTopic(), 0, null, null, record, headers));
    } catch (KafkaException | IllegalStateException e) {
      throw sorted("appending to topic " + mirror.journalTopic(), e);
    }
  }

  @Override
  public JournalLog.Appended commit() {
    String operation = "committing to topic " + mirror.journalTopic();
    try {
      producer.commitTransaction();
      open = false;
      RecordMetadata metadata = last.get();
      return new JournalLog.Appended(metadata.offset(), Instant.ofEpochMilli(metadata.timestamp()));
    } catch (KafkaException | IllegalStateException | InterruptedException e) {
      throw sorted(operation, e);
    } catch (ExecutionException e) {
      throw sorted(operation, e.getCause());
    }
  }

  @Override
  public void close() {
    clients.close(producer);
  }

  @Override
  public void drop() {
    clients.drop(producer);
  }

  private RuntimeException sorted(String operation, Throwable error) {
    return KafkaErrors.looksFenced(error)
        ? new JournalLog.Lost(operation + " was refused", error)
        : KafkaErrors.of(operation, error);
  }
}
