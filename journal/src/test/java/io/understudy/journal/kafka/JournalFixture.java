package io.understudy.journal.kafka;

import static org.awaitility.Awaitility.await;

import io.understudy.journal.Epoch;
import io.understudy.journal.JournalEntry;
import io.understudy.journal.MirrorName;
import io.understudy.journal.embedded.EmbeddedBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;

/** A real broker, and mirrors on it that do not know of each other. */
final class JournalFixture implements AutoCloseable {
  /** As by default, but nobody waits for long. */
  static final JournalLimits LIMITS =
      new JournalLimits(
          64 * 1024,
          2 * 1024 * 1024,
          256 * 1024,
          Duration.ofDays(7),
          Duration.ofSeconds(20),
          Duration.ofSeconds(5),
          Duration.ofMillis(10),
          Duration.ofSeconds(5),
          Duration.ofSeconds(30),
          Duration.ofSeconds(2),
          Duration.ofSeconds(5),
          Duration.ofSeconds(1),
          Duration.ofMillis(100),
          1024 * 1024,
          100,
          256 * 1024);

  private final AtomicInteger mirrors = new AtomicInteger();
  private final EmbeddedBroker broker;

  JournalFixture(Path directory) throws InterruptedException {
    broker = EmbeddedBroker.attach(directory);
  }

  EmbeddedBroker broker() {
    return broker;
  }

  MirrorName newMirror() {
    return new MirrorName("m" + mirrors.incrementAndGet());
  }

  Journal journal(MirrorName mirror) {
    return journal(mirror, LIMITS);
  }

  Journal journal(MirrorName mirror, JournalLimits limits) {
    return Journal.connect(mirror, KafkaSettings.embedded(broker::bootstrapServers), limits);
  }

  /** A journal that holds its beginning and the transactions 1 to {@code count}. */
  String begun(Journal journal, long count) {
    String topicId = journal.create();
    try (JournalWriter writer = journal.takeOver(topicId)) {
      writer.first(Epoch.FIRST, Transactions.position(0), Transactions.time(0));
      Transactions.append(writer, 1, count);
      writer.commit();
    }
    settle(journal);
    return topicId;
  }

  /** Everything committed, on whichever writer's behalf. */
  List<JournalEntry> readAll(Journal journal, String topicId, long from) {
    settle(journal);
    List<JournalEntry> entries = new ArrayList<>();
    long end = journal.tail().map(JournalEntry::offset).orElse(-1L);
    try (JournalReader reader = journal.open(topicId, from)) {
      while (entries.isEmpty() ? from <= end : entries.get(entries.size() - 1).offset() < end) {
        entries.addAll(reader.poll(Duration.ofSeconds(10)));
      }
    }
    return entries;
  }

  /**
   * Waits until what is committed shows: a commit returns when it is decided, before that is marked
   * in the topic.
   */
  void settle(Journal journal) {
    TopicPartition partition = new TopicPartition(journal.mirror().journalTopic(), 0);
    await()
        .until(
            () ->
                end(partition, IsolationLevel.READ_COMMITTED)
                    == end(partition, IsolationLevel.READ_UNCOMMITTED));
  }

  private long end(TopicPartition partition, IsolationLevel level) {
    return admin(
            admin ->
                admin
                    .listOffsets(
                        Map.of(partition, OffsetSpec.latest()), new ListOffsetsOptions(level))
                    .partitionResult(partition))
        .offset();
  }

  <T> T admin(Function<Admin, KafkaFuture<T>> question) {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      return question.apply(admin).get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Kills the broker with -9; it comes back by itself. */
  void kill() {
    ProcessHandle.of(broker.pid()).orElseThrow().destroyForcibly();
  }

  void awaitRestart(long formerPid) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> broker.state() == EmbeddedBroker.State.RUNNING && broker.pid() != formerPid);
  }

  /** The broker would linger, and write into a folder that the test deletes. */
  @Override
  public void close() {
    long pid = broker.pid();
    broker.close();
    ProcessHandle.of(pid)
        .ifPresent(
            process -> {
              process.destroyForcibly();
              process.onExit().join();
            });
  }
}
