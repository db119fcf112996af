package io.understudy.app.chaos;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Counts the committed records of a journal as they come, over all losses of the broker: how a test
 * sees that a reader, or a broker, is at work.
 */
final class JournalFollower implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);

  private final AtomicLong records = new AtomicLong();
  private final Thread thread;
  private volatile boolean stopped;
  private volatile RuntimeException failure;

  JournalFollower(JournalAudit journal) {
    this.thread = new Thread(() -> follow(journal), "journal-follower");
    thread.setDaemon(true);
    thread.start();
  }

  /** How many committed records were seen. */
  long records() {
    if (failure != null) {
      throw failure;
    }
    return records.get();
  }

  private void follow(JournalAudit journal) {
    TopicPartition partition = journal.partition();
    try (KafkaConsumer<byte[], byte[]> consumer = journal.consumer()) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      while (!stopped) {
        records.addAndGet(consumer.poll(POLL).count());
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
