package io.understudy.journal.kafka;

import static io.understudy.journal.kafka.Transactions.append;
import static io.understudy.journal.kafka.Transactions.appendPiece;
import static io.understudy.journal.kafka.Transactions.position;
import static io.understudy.journal.kafka.Transactions.sequence;
import static io.understudy.journal.kafka.Transactions.sequences;
import static io.understudy.journal.kafka.Transactions.time;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.understudy.journal.Epoch;
import io.understudy.journal.JournalEntry;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TailIT {
  private static JournalFixture fixture;

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    fixture = new JournalFixture(directory);
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 14, 15, 16, 17, 255, 300, 5000})
  void isFoundBehindAnyNumberOfAbortedRecords(int aborted) {
    MirrorName mirror = fixture.newMirror();
    try (Journal journal = fixture.journal(mirror)) {
      String topicId = fixture.begun(journal, 3);
      JournalEntry last = journal.tail().orElseThrow();
      assertThat(sequence(last)).isEqualTo(3);
      try (KafkaProducer<byte[], byte[]> stranger = transactional("stranger-" + mirror)) {
        stranger.beginTransaction();
        for (int i = 0; i < aborted; i++) {
          send(stranger, mirror);
        }
        stranger.flush();
        stranger.abortTransaction();
      }
      assertThat(journal.tail()).contains(last);
      try (JournalWriter writer = journal.takeOver(topicId)) {
        assertThat(writer.tail()).contains(last);
        writer.claim(Epoch.FIRST);
        append(writer, 4, 4);
        writer.commit();
      }
      assertThat(sequences(fixture.readAll(journal, topicId, 0))).containsExactly(1L, 2L, 3L, 4L);
    }
  }

  @Test
  void isEmptyWhenAllThereIsWasAborted() {
    MirrorName mirror = fixture.newMirror();
    try (Journal journal = fixture.journal(mirror)) {
      String topicId = journal.create();
      try (KafkaProducer<byte[], byte[]> stranger = transactional("stranger-" + mirror)) {
        for (int i = 0; i < 40; i++) {
          stranger.beginTransaction();
          send(stranger, mirror);
          stranger.flush();
          stranger.abortTransaction();
        }
      }
      assertThat(journal.tail()).isEmpty();
      try (JournalWriter writer = journal.takeOver(topicId)) {
        writer.first(Epoch.FIRST, position(0), time(0));
      }
      fixture.settle(journal);
      assertThat(sequence(journal.tail().orElseThrow())).isZero();
    }
  }

  @Test
  void ofAnIncompleteTransactionSaysWhereToBeginItAnew() {
    try (Journal journal = fixture.journal(fixture.newMirror())) {
      String topicId = fixture.begun(journal, 3);
      try (JournalWriter writer = journal.takeOver(topicId)) {
        writer.claim(Epoch.FIRST);
        appendPiece(writer, 4, 0, false);
        appendPiece(writer, 4, 1, false);
        writer.commit();
      }
      try (JournalWriter writer = journal.takeOver(topicId)) {
        JournalEntry tail = writer.tail().orElseThrow();
        assertThat(tail.record().complete().value()).isEqualTo(3);
        assertThat(tail.record().position()).isEqualTo(position(3));
        assertThat(sequence(writer.claim(Epoch.FIRST))).isEqualTo(3);
        appendPiece(writer, 4, 0, false);
        appendPiece(writer, 4, 1, true);
        writer.commit();
      }
      List<JournalEntry> entries = fixture.readAll(journal, topicId, 0);
      assertThat(sequences(entries)).containsExactly(1L, 2L, 3L, 4L, 4L, 4L, 4L);
    }
  }

  /** Its records would hide everything behind them: the tail would be read short. */
  @Test
  void isNotReadByTakingOverWhileAStrangersTransactionIsOpen() {
    MirrorName mirror = fixture.newMirror();
    try (Journal journal = fixture.journal(mirror);
        KafkaProducer<byte[], byte[]> stranger = transactional("stranger-" + mirror)) {
      String topicId = fixture.begun(journal, 3);
      JournalWriter writer = journal.takeOver(topicId);
      writer.claim(Epoch.FIRST);
      stranger.beginTransaction();
      send(stranger, mirror);
      stranger.flush();
      append(writer, 4, 4);
      writer.commit();

      assertThatThrownBy(writer::takeOverAgain)
          .isInstanceOf(MirrorException.Transient.class)
          .hasMessageContaining("transaction of another producer is open")
          .hasMessageContaining(mirror.journalTopic());

      stranger.abortTransaction();
      try (JournalWriter again = writer.takeOverAgain()) {
        assertThat(sequence(again.tail().orElseThrow())).isEqualTo(4);
      }
    }
  }

  /** What it sends is no journal record: reading it would fail. */
  private static void send(KafkaProducer<byte[], byte[]> stranger, MirrorName mirror) {
    Future<?> unused = stranger.send(new ProducerRecord<>(mirror.journalTopic(), new byte[] {1}));
  }

  private static KafkaProducer<byte[], byte[]> transactional(String id) {
    KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                fixture.broker().bootstrapServers(),
                "transactional.id",
                id,
                "transaction.timeout.ms",
                60_000),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    producer.initTransactions();
    return producer;
  }
}
