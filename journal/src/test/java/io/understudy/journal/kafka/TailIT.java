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
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(WithJournal.class)
class TailIT {
  private final JournalFixture fixture;

  TailIT(JournalFixture fixture) {
    this.fixture = fixture;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 14, 15, 16, 17, 255, 300, 5000})
  void isFoundBehindAnyNumberOfAbortedRecords(int aborted) {
    MirrorName mirror = fixture.newMirror();
    try (Journal journal = fixture.journal(mirror)) {
      String topicId = fixture.begun(journal, 3);
      JournalEntry last = journal.tail().orElseThrow();
      assertThat(sequence(last)).isEqualTo(3);
      try (Client stranger = new Client(fixture, "stranger", mirror)) {
        stranger.begin();
        for (int i = 0; i < aborted; i++) {
          stranger.sendNonsense();
        }
        stranger.flush();
        stranger.abort();
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
      try (Client stranger = new Client(fixture, "stranger", mirror)) {
        for (int i = 0; i < 40; i++) {
          stranger.begin();
          stranger.sendNonsense();
          stranger.flush();
          stranger.abort();
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
        Client stranger = new Client(fixture, "stranger", mirror)) {
      String topicId = fixture.begun(journal, 3);
      JournalWriter writer = journal.takeOver(topicId);
      writer.claim(Epoch.FIRST);
      stranger.begin();
      stranger.sendNonsense();
      stranger.flush();
      append(writer, 4, 4);
      writer.commit();

      assertThatThrownBy(writer::takeOverAgain)
          .isInstanceOf(MirrorException.Transient.class)
          .hasMessageContaining("transaction of another producer is open")
          .hasMessageContaining(mirror.journalTopic());

      stranger.abort();
      try (JournalWriter again = writer.takeOverAgain()) {
        assertThat(sequence(again.tail().orElseThrow())).isEqualTo(4);
      }
    }
  }
}
