package io.understudy.journal.kafka;

import static io.understudy.journal.kafka.Transactions.append;
import static io.understudy.journal.kafka.Transactions.position;
import static io.understudy.journal.kafka.Transactions.sequences;
import static io.understudy.journal.kafka.Transactions.time;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.understudy.journal.Body;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.Epoch;
import io.understudy.journal.JournalEntry;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import io.understudy.journal.Sequence;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalIT {
  private static JournalFixture fixture;

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    fixture = new JournalFixture(directory);
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @Test
  void givesBackWhatWasCommittedInOrder() {
    try (Journal journal = fixture.journal(fixture.newMirror())) {
      String topicId = journal.create();
      assertThat(journal.tail()).isEmpty();
      assertThat(journal.firstOffset()).isZero();
      JournalEntry last;
      try (JournalWriter writer = journal.takeOver(topicId)) {
        assertThat(writer.tail()).isEmpty();
        JournalEntry first = writer.first(Epoch.FIRST, position(0), time(0));
        assertThat(first.record().body()).isEqualTo(new Body.Marker(Body.Marker.BEGIN));
        append(writer, 1, 250);
        writer.commit();
        append(writer, 251, 300);
        last = writer.commit();
        assertThat(writer.commit()).isEqualTo(last);
        append(writer, 301, 310);
      }
      fixture.settle(journal);
      assertThat(journal.tail()).contains(last);
      List<JournalEntry> entries = fixture.readAll(journal, topicId, 0);
      assertThat(sequences(entries)).isEqualTo(LongStream.rangeClosed(1, 300).boxed().toList());
      assertThat(entries.get(300).offset()).isEqualTo(last.offset());
      assertThat(entries.get(300).appended()).isEqualTo(last.appended());
      assertThat(entries.get(300).record().withoutChanges()).isEqualTo(last.record());
      try (JournalReader reader = journal.open(topicId, last.offset() + 1)) {
        assertThat(reader.poll(Duration.ofMillis(300))).isEmpty();
      }
    }
  }

  @Test
  void goesOnBehindTheTailUnderANewTerm() {
    try (Journal journal = fixture.journal(fixture.newMirror())) {
      String topicId = fixture.begun(journal, 3);
      try (JournalWriter writer = journal.takeOver(topicId)) {
        assertThat(writer.tail().orElseThrow().record().sequence()).isEqualTo(new Sequence(3));
        JournalEntry claim = writer.claim(Epoch.FIRST);
        assertThat(claim.record().term()).isEqualTo(2).isEqualTo(writer.term());
        assertThat(claim.record().body()).isEqualTo(new Body.Heartbeat());
        assertThat(claim.record().position()).isEqualTo(position(3));
        append(writer, 4, 4);
        writer.commit();
      }
      assertThat(sequences(fixture.readAll(journal, topicId, 0))).containsExactly(1L, 2L, 3L, 4L);
    }
  }

  @Test
  void endsAnEpochWithASealAndBeginsTheNextBehindIt() {
    try (Journal journal = fixture.journal(fixture.newMirror())) {
      String topicId = fixture.begun(journal, 3);
      try (JournalWriter promoter = journal.takeOver(topicId)) {
        JournalEntry seal = promoter.seal(new DatabaseName("south"));
        fixture.settle(journal);
        assertThat(journal.tail()).contains(seal);
        assertThat(seal.record().sequence()).isEqualTo(new Sequence(3));
      }
      try (JournalWriter reader = journal.takeOver(topicId)) {
        assertThatThrownBy(() -> reader.claim(Epoch.FIRST))
            .isInstanceOf(MirrorException.Superseded.class)
            .hasMessageContaining("epoch 1 of mirror")
            .hasMessageContaining("seal");
      }
      try (JournalWriter next = journal.takeOver(topicId)) {
        next.first(new Epoch(2), position(1_000), time(0));
        next.append(new Sequence(4), position(1_001), time(1), Transactions.whole(4));
        next.commit();
      }
      assertThat(sequences(fixture.readAll(journal, topicId, 0))).containsExactly(1L, 2L, 3L, 4L);
    }
  }

  @Test
  void refusesARecordThatDoesNotFollow() {
    try (Journal journal = fixture.journal(fixture.newMirror())) {
      String topicId = fixture.begun(journal, 3);
      try (JournalWriter writer = journal.takeOver(topicId)) {
        writer.claim(Epoch.FIRST);
        assertThatThrownBy(() -> append(writer, 5, 5))
            .isInstanceOf(MirrorException.Invariant.class)
            .hasMessageContaining("has sequence 5 where 4 is due");
        try (JournalWriter again = writer.takeOverAgain()) {
          again.claim(Epoch.FIRST);
          append(again, 4, 4);
          again.commit();
        }
      }
      fixture.settle(journal);
      assertThat(journal.tail().orElseThrow().record().sequence()).isEqualTo(new Sequence(4));
    }
  }

  @Test
  void namesTheTableAndTheRemedyForARecordThatIsTooLarge() {
    try (Journal journal = fixture.journal(fixture.newMirror())) {
      String topicId = fixture.begun(journal, 3);
      try (JournalWriter writer = journal.takeOver(topicId)) {
        writer.claim(Epoch.FIRST);
        Body huge = Transactions.piece(4, 0, true, 0, 1, "x".repeat(2 * 1024 * 1024));
        assertThatThrownBy(() -> writer.append(new Sequence(4), position(4), time(4), huge))
            .isInstanceOf(MirrorException.Operator.class)
            .hasMessageContaining("transaction 4")
            .hasMessageContaining("table public.ledger")
            .hasMessageContaining("takes 2097152")
            .extracting(e -> ((MirrorException) e).remedy())
            .asString()
            .contains("tables.exclude");
      }
      try (JournalWriter writer = journal.takeOver(topicId)) {
        writer.claim(Epoch.FIRST);
        // Does not compress: it is what the limit is about.
        String filler = noise(2_000_000);
        writer.append(
            new Sequence(4), position(4), time(4), Transactions.piece(4, 0, true, 0, 1, filler));
        writer.commit();
      }
      assertThat(sequences(fixture.readAll(journal, topicId, 0))).containsExactly(1L, 2L, 3L, 4L);
    }
  }

  @Test
  void reportsAGapWhenRetentionRemovedWhatIsWanted() {
    MirrorName mirror = fixture.newMirror();
    try (Journal journal = fixture.journal(mirror)) {
      String topicId = fixture.begun(journal, 10);
      try (JournalReader reader = journal.open(topicId, 0)) {
        TopicPartition partition = new TopicPartition(mirror.journalTopic(), 0);
        fixture.admin(
            admin -> admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(5))).all());
        assertThat(journal.firstOffset()).isEqualTo(5);
        assertThatThrownBy(() -> reader.poll(Duration.ofSeconds(10)))
            .isInstanceOf(MirrorException.Invariant.class)
            .hasMessageContaining("gap: offset 0 of topic " + mirror.journalTopic())
            .hasMessageContaining("holds 5 to");
      }
      assertThatThrownBy(() -> journal.open(topicId, 4))
          .isInstanceOf(MirrorException.Invariant.class)
          .hasMessageContaining("retention");
      assertThatThrownBy(() -> journal.open(topicId, 1000))
          .isInstanceOf(MirrorException.Invariant.class)
          .hasMessageContaining("lost its end");
    }
  }

  @Test
  void tellsATopicThatWasMadeAnewFromTheMirrorsOwn() throws Exception {
    MirrorName mirror = fixture.newMirror();
    try (Journal journal = fixture.journal(mirror)) {
      String topicId = fixture.begun(journal, 10);
      JournalReader reader = journal.open(topicId, 12);
      JournalWriter writer = journal.takeOver(topicId);
      writer.claim(Epoch.FIRST);

      fixture.admin(admin -> admin.deleteTopics(Set.of(mirror.journalTopic())).all());
      assertThatThrownBy(journal::check)
          .isInstanceOf(MirrorException.Operator.class)
          .hasMessageContaining("does not exist");
      assertThatThrownBy(() -> pollUntilItFails(reader))
          .isInstanceOf(MirrorException.Operator.class)
          .hasMessageContaining("does not exist");

      assertThat(journal.create()).isNotEqualTo(topicId);
      assertThatThrownBy(() -> journal.open(topicId, 0))
          .isInstanceOf(MirrorException.Invariant.class)
          .hasMessageContaining("was deleted and made anew")
          .hasMessageContaining(topicId);
      assertThatThrownBy(() -> journal.takeOver(topicId))
          .isInstanceOf(MirrorException.Invariant.class)
          .hasMessageContaining("was deleted and made anew");
      // A writer that was there before notices, whichever way Kafka puts it.
      assertThatThrownBy(
              () -> {
                append(writer, 11, 11);
                writer.commit();
              })
          .isInstanceOf(MirrorException.class);
      assertThatThrownBy(writer::takeOverAgain).isInstanceOf(MirrorException.Invariant.class);
      reader.close();
    }
  }

  private static void pollUntilItFails(JournalReader reader) {
    for (int i = 0; i < 100; i++) {
      reader.poll(Duration.ofMillis(200));
    }
  }

  private static String noise(int length) {
    Random random = new Random(1);
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append((char) ('!' + random.nextInt(90)));
    }
    return text.toString();
  }
}
