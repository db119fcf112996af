package io.understudy.app.chaos;

import io.understudy.journal.Body;
import io.understudy.journal.codec.RecordCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Sees the committed transactions of a journal as they come, over all losses of the broker: how a
 * test sees that a reader, or a broker, is at work. What counts is when a record was made, not when
 * it is seen here: behind a broker's restart that can be much later, and another reader's time.
 */
final class JournalFollower implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);

  private final Moments transactions = new Moments();
  private final Thread thread;
  private volatile boolean stopped;
  private volatile RuntimeException failure;

  JournalFollower(JournalAudit journal) {
    this.thread = new Thread(() -> follow(journal), "journal-follower");
    thread.setDaemon(true);
    thread.start();
  }

  /** How many transactions seen were completed by a record made after {@code start}. */
  long transactionsSince(Instant start) {
    if (failure != null) {
      throw failure;
    }
    return transactions.since(start);
  }

  private void follow(JournalAudit journal) {
    TopicPartition partition = journal.partition();
    RecordCodec codec = new RecordCodec();
    try (KafkaConsumer<byte[], byte[]> consumer = journal.consumer()) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      while (!stopped) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          Body body = codec.decode(record.value(), record.offset()).body();
          if (body instanceof Body.Piece piece && piece.last()) {
            transactions.add(record.timestamp());
          }
        }
      }
    } catch (RuntimeException e) {
      failure = e;
    }
  }

  @Override
  public void close() {
    stopped = true;
    Threads.join(thread, Duration.ofSeconds(90), "the journal's consumer does not come back");
  }
}
