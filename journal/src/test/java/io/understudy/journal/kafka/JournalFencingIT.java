package io.understudy.journal.kafka;

import static io.understudy.journal.kafka.Transactions.append;
import static io.understudy.journal.kafka.Transactions.sequence;
import static io.understudy.journal.kafka.Transactions.sequences;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.understudy.journal.DatabaseName;
import io.understudy.journal.Epoch;
import io.understudy.journal.JournalEntry;
import io.understudy.journal.MirrorException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two writers of one journal: {@code old} holds it with transaction 4 not yet committed. */
class JournalFencingIT {
  private static JournalFixture fixture;

  private Journal journal;
  private String topicId;
  private JournalWriter old;

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    fixture = new JournalFixture(directory);
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @BeforeEach
  void hold() {
    journal = fixture.journal(fixture.newMirror());
    topicId = fixture.begun(journal, 3);
    old = journal.takeOver(topicId);
    old.claim(Epoch.FIRST);
    append(old, 4, 4);
  }

  @AfterEach
  void release() {
    old.close();
    journal.close();
  }

  @Test
  void theFormerHolderCannotCommitAndSaysThatItWasSuperseded() {
    try (JournalWriter next = journal.takeOver(topicId)) {
      assertThat(sequence(next.tail().orElseThrow())).isEqualTo(3);
      next.claim(Epoch.FIRST);
      assertThatThrownBy(old::commit)
          .isInstanceOf(MirrorException.Superseded.class)
          .hasMessageContaining("this one held term 2, the journal is at term 3");
      append(next, 4, 5);
      next.commit();
    }
    assertThat(sequences(fixture.readAll(journal, topicId, 0))).containsExactly(1L, 2L, 3L, 4L, 5L);
  }

  @Test
  void theFormerHolderDoesNotTakeTheRoleBack() {
    try (JournalWriter next = journal.takeOver(topicId)) {
      next.claim(Epoch.FIRST);
      append(next, 4, 4);
      assertThatThrownBy(old::takeOverAgain).isInstanceOf(MirrorException.Superseded.class);
      assertThatThrownBy(old::takeOverAgain).isInstanceOf(MirrorException.Superseded.class);
      next.commit();
    }
    fixture.settle(journal);
    assertThat(sequence(journal.tail().orElseThrow())).isEqualTo(4);
  }

  @Test
  void whoeverClaimsFirstWinsWhenNobodyHasClaimedYet() {
    try (JournalWriter next = journal.takeOver(topicId)) {
      assertThatThrownBy(old::commit)
          .isInstanceOf(MirrorException.Transient.class)
          .hasMessageContaining("no other writer has claimed the journal");
      try (JournalWriter again = old.takeOverAgain()) {
        again.claim(Epoch.FIRST);
        assertThatThrownBy(() -> next.claim(Epoch.FIRST))
            .isInstanceOf(MirrorException.Superseded.class);
        append(again, 4, 4);
        again.commit();
      }
    }
    fixture.settle(journal);
    assertThat(sequence(journal.tail().orElseThrow())).isEqualTo(4);
  }

  @Test
  void aSealSupersedesTheReaderAtOnce() {
    try (JournalWriter promoter = journal.takeOver(topicId)) {
      promoter.seal(new DatabaseName("south"));
    }
    assertThatThrownBy(old::commit).isInstanceOf(MirrorException.Superseded.class);
    assertThatThrownBy(old::takeOverAgain).isInstanceOf(MirrorException.Superseded.class);
    fixture.settle(journal);
    assertThat(sequence(journal.tail().orElseThrow())).isEqualTo(3);
  }

  @Test
  void aSealIsWrittenOnceAndForOneSuccessor() {
    JournalEntry seal;
    try (JournalWriter promoter = journal.takeOver(topicId)) {
      seal = promoter.seal(new DatabaseName("south"));
    }
    try (JournalWriter again = journal.takeOver(topicId)) {
      JournalEntry found = again.seal(new DatabaseName("south"));
      assertThat(found.offset()).isEqualTo(seal.offset());
      assertThat(found.record()).isEqualTo(seal.record());
    }
    try (JournalWriter other = journal.takeOver(topicId)) {
      assertThatThrownBy(() -> other.seal(new DatabaseName("west")))
          .isInstanceOf(MirrorException.Operator.class)
          .hasMessageContaining("is sealed for south, not for west");
    }
  }

  @Test
  void aHolderThatWasOnlyAwayGoesOn() {
    try (JournalWriter again = old.takeOverAgain()) {
      assertThat(sequence(again.tail().orElseThrow())).isEqualTo(3);
      again.claim(Epoch.FIRST);
      append(again, 4, 4);
      try (JournalWriter third = again.takeOverAgain()) {
        assertThat(third.tail().orElseThrow().record().term()).isEqualTo(3);
        third.claim(Epoch.FIRST);
        append(third, 4, 4);
        third.commit();
      }
    }
    fixture.settle(journal);
    assertThat(sequence(journal.tail().orElseThrow())).isEqualTo(4);
  }
}
