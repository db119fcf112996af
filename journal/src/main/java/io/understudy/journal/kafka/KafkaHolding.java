package io.understudy.journal.kafka;

import io.understudy.journal.MirrorName;
import io.understudy.journal.codec.EncodedRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
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
 * A transactional producer that has fenced all others of its id. A record that is too large for one
 * Kafka record takes several, one behind the other in the same Kafka transaction. {@code
 * topicBytes} is what the topic takes in one.
 */
final class KafkaHolding implements JournalLog.Holding {
  /** What Kafka adds to a record: batch and record header, our own headers. */
  private static final int OVERHEAD = 512;

  /** What compression adds at most to what cannot be compressed: a part of so much. */
  private static final int INCOMPRESSIBLE = 1024;

  private final MirrorName mirror;
  private final Producer<byte[], byte[]> producer;
  private final Clients clients;
  private final int fragmentBytes;
  private final int recordBytes;
  private boolean open;
  private Future<RecordMetadata> last;

  KafkaHolding(
      MirrorName mirror,
      Producer<byte[], byte[]> producer,
      Clients clients,
      int topicBytes,
      JournalLimits limits) {
    this.mirror = mirror;
    this.producer = producer;
    this.clients = clients;
    this.fragmentBytes =
        Math.min(limits.fragmentBytes(), topicBytes - topicBytes / INCOMPRESSIBLE - OVERHEAD);
    this.recordBytes = limits.recordBytes();
  }

  @Override
  public int maxRecordBytes() {
    return recordBytes;
  }

  @Override
  public void append(EncodedRecord record, Optional<UUID> claim) {
    List<Header> headers = claim.map(ClaimHeader::with).orElse(List.of());
    try {
      if (!open) {
        producer.beginTransaction();
        open = true;
      }
      if (record.length() <= fragmentBytes) {
        send(record.bytes(), headers);
      } else {
        sendInFragments(record, headers);
      }
    } catch (KafkaException | IllegalStateException e) {
      throw sorted("appending to topic " + mirror.journalTopic(), e);
    }
  }

  private void sendInFragments(EncodedRecord record, List<Header> headers) {
    int number = 0;
    for (Iterator<byte[]> rest = record.cut(fragmentBytes); rest.hasNext(); number++) {
      List<Header> all = new ArrayList<>(headers);
      all.add(Fragment.of(number, record).header());
      send(rest.next(), all);
    }
  }

  private void send(byte[] value, List<Header> headers) {
    last =
        producer.send(new ProducerRecord<>(mirror.journalTopic(), 0, null, null, value, headers));
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
