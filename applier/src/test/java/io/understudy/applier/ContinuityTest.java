package io.understudy.applier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.understudy.journal.MirrorException;
import org.junit.jupiter.api.Test;

class ContinuityTest {
  private final Journals journal = new Journals();

  @Test
  void acceptsAJournalThatIsWhole() {
    check(
        journal
            .heartbeat()
            .transaction(1)
            .piece(0, false, 0, 2)
            .newTerm()
            .piece(0, false, 0, 2)
            .piece(1, true, 1, 3)
            .seal()
            .epoch(2)
            .newTerm()
            .position(5)
            .transaction(4));
  }

  @Test
  void refusesASequenceThatWasSkipped() {
    refuses(
        journal.transaction(1).sequence(2).transaction(2),
        "the record at offset 4 holds transaction 3 where 2 must follow");
  }

  @Test
  void refusesASequenceThatComesTwice() {
    refuses(
        journal.transaction(1).sequence(0).transaction(1),
        "the record at offset 4 holds transaction 1 where 2 must follow");
  }

  @Test
  void refusesAHeartbeatThatKnowsOfMore() {
    refuses(
        journal.transaction(1).sequence(2).heartbeat(),
        "says that transaction 2 was the last, it is transaction 1 at 0/3F2");
  }

  @Test
  void refusesAPieceThatWasSkipped() {
    refuses(
        journal.piece(0, false, 0, 1).piece(2, true, 1, 3),
        "holds piece 2 of transaction 1 behind 1 changes, where piece 1 behind 1 must follow");
  }

  @Test
  void refusesAPieceThatCountsOtherChanges() {
    refuses(
        journal.piece(0, false, 0, 1).piece(1, true, 2, 3),
        "holds piece 1 of transaction 1 behind 2 changes, where piece 1 behind 1 must follow");
  }

  @Test
  void refusesAPieceOfATransactionThatWasVoided() {
    refuses(
        journal.piece(0, false, 0, 1).heartbeat().piece(1, true, 1, 3),
        "holds piece 1 of transaction 1 behind 1 changes, where piece 0");
  }

  @Test
  void refusesAnEarlierEpoch() {
    refuses(
        journal.epoch(2).transaction(1).epoch(1).transaction(2),
        "is of epoch 1, epoch 2 was reached");
  }

  @Test
  void refusesAnEarlierTerm() {
    refuses(journal.term(2).transaction(1).term(1).transaction(2), "is of term 1, term 2 was seen");
  }

  @Test
  void refusesAPositionThatGoesBack() {
    refuses(journal.transaction(1).position(990).transaction(2), "goes back to position 0/3E8");
  }

  @Test
  void refusesAnOffsetThatGoesBack() {
    refuses(
        journal.transaction(1).offset(-1).transaction(2),
        "the record at offset 1 does not lie behind offset 2");
  }

  @Test
  void refusesTheRecordsOfAnotherMirror() {
    refuses(journal.transaction(1).mirror("other").transaction(2), "belongs to mirror other");
  }

  private static void refuses(Journals journal, String message) {
    assertThatThrownBy(() -> check(journal))
        .isInstanceOf(MirrorException.Invariant.class)
        .hasMessageContaining(message)
        .extracting(e -> ((MirrorException) e).remedy())
        .asString()
        .contains("understudy init --again");
  }

  private static void check(Journals journal) {
    Continuity continuity = new Continuity(Journals.MIRROR, Journals.start());
    journal.entries().forEach(entry -> assertThat(continuity.check(entry)).isNotNull());
  }
}
