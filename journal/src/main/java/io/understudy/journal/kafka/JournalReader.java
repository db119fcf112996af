package io.understudy.journal.kafka;

import io.understudy.journal.JournalEntry;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads committed records in order, from an offset on. Owned by one thread. Each record is checked
 * against the one before it: what comes out has dense sequences and pieces, epochs and terms that
 * never fall, positions that never go back. The first one is, at the most, checked for not being in
 * the middle of a transaction: whoever resumes compares its sequence with its own. Joins no
 * consumer group; where it stands is the caller's to keep.
 */
public final class JournalReader implements AutoCloseable {
  private final TopicPartition journal;
  private final String topicId;
  private final JournalTopics topics;
  private final Clients clients;
  private final JournalLimits limits;
  private final String address;
  private final Consumer<byte[], byte[]> consumer;
  private final EntryReader entryReader = new EntryReader();
  private final Continuity continuity;

  /** At most {@link Clients#RECORDS_AT_ONCE}, which the next poll goes on with. */
  private Iterator<ConsumerRecord<byte[], byte[]>> received = Collections.emptyIterator();

  private Deadline lookAround;
  private boolean closed;

  private JournalReader(
      MirrorName mirror,
      Continuity continuity,
      String topicId,
      JournalTopics topics,
      Clients clients,
      JournalLimits limits,
      String address) {
    this.journal = new TopicPartition(mirror.journalTopic(), 0);
    this.topicId = topicId;
    this.topics = topics;
    this.clients = clients;
    this.limits = limits;
    this.address = address;
    this.consumer = clients.follower(address);
    this.continuity = continuity;
    this.lookAround = Deadline.in(limits.idle());
  }

  static JournalReader open(
      MirrorName mirror,
      Continuity continuity,
      String topicId,
      long fromOffset,
      JournalTopics topics,
      Clients clients,
      JournalLimits limits) {
    topics.requireId(topicId);
    JournalReader reader = null;
    try {
      reader =
          new JournalReader(
              mirror, continuity, topicId, topics, clients, limits, clients.bootstrap());
      reader.seek(fromOffset);
      return reader;
    } catch (MirrorException | KafkaException e) {
      if (reader != null) {
        reader.close();
      }
      throw KafkaErrors.of("opening topic " + mirror.journalTopic(), e);
    }
  }

  /**
   * The next records; empty if none came within {@code timeout}. Bounded by {@code pollRecords} and
   * {@code pollBytes}: an entry larger than that comes alone.
   *
   * @throws MirrorException.Invariant on a gap, a damaged record, or one that does not follow
   * @throws MirrorException.Operator if the topic is gone, or reading it is not allowed
   * @throws MirrorException.Transient if the brokers do not answer. After any of these only {@link
   *     #close} may be called
   */
  public List<JournalEntry> poll(Duration timeout) {
    try {
      return read(timeout);
    } catch (KafkaException e) {
      throw KafkaErrors.of("reading topic " + journal.topic(), e);
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      clients.drop(consumer);
    }
  }

  private List<JournalEntry> read(Duration timeout) {
    try {
      List<JournalEntry> entries = new ArrayList<>();
      Deadline deadline = Deadline.in(timeout);
      long bytes = 0;
      while (entries.isEmpty()
          || (entries.size() < limits.pollRecords() && bytes < limits.pollBytes())) {
        if (!received.hasNext()) {
          Duration wait = entries.isEmpty() ? deadline.left(timeout) : Duration.ZERO;
          received = consumer.poll(wait).iterator();
        }
        if (received.hasNext()) {
          ConsumerRecord<byte[], byte[]> record = received.next();
          bytes += Math.max(1, record.serializedValueSize());
          entryReader.accept(record).map(this::checked).ifPresent(entries::add);
        } else if (!entries.isEmpty() || deadline.passed()) {
          break;
        }
      }
      lookAround(bytes > 0);
      return entries;
    } catch (OffsetOutOfRangeException e) {
      throw gap(e.offsetOutOfRangePartitions().getOrDefault(journal, -1L), e);
    }
  }

  private JournalEntry checked(JournalEntry entry) {
    continuity.accept(entry.record(), "the record at offset " + entry.offset());
    return entry;
  }

  private void seek(long fromOffset) {
    consumer.assign(List.of(journal));
    long first = consumer.beginningOffsets(List.of(journal)).get(journal);
    long end = consumer.endOffsets(List.of(journal)).get(journal);
    if (fromOffset < first || fromOffset > end) {
      throw gap(fromOffset, null);
    }
    consumer.seek(journal, fromOffset);
  }

  /** Silence may mean that there is nothing, or nobody: Kafka's consumer does not say. */
  private void lookAround(boolean heard) {
    if (heard) {
      lookAround = Deadline.in(limits.idle());
      return;
    }
    if (!clients.bootstrap().equals(address)) {
      throw new MirrorException.Transient(
          "the broker of topic " + journal.topic() + " has come back at another address", null);
    }
    if (lookAround.passed()) {
      topics.requireId(topicId);
      consumer.endOffsets(List.of(journal), limits.request());
      lookAround = Deadline.in(limits.idle());
    }
  }

  private MirrorException gap(long wanted, KafkaException cause) {
    long first = consumer.beginningOffsets(List.of(journal)).get(journal);
    long end = consumer.endOffsets(List.of(journal)).get(journal);
    String message =
        "gap: offset "
            + wanted
            + " of topic "
            + journal.topic()
            + " is wanted, the topic holds "
            + first
            + " to "
            + (end - 1);
    return wanted < first
        ? new MirrorException.Invariant(
            message + ": retention removed what was not yet applied",
            "copy the standby anew (understudy init --again), and raise retention.ms or retention.bytes of the topic if "
                + "standbys may be away for so long",
            cause)
        : new MirrorException.Invariant(
            message + ": it lost its end",
            "the broker lost journaled transactions: restore the topic, or make the mirror anew: understudy init --again",
            cause);
  }
}
