package io.understudy.applier;

import static io.understudy.applier.Journals.changes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.understudy.journal.Change;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.Epoch;
import io.understudy.journal.JournalEntry;
import io.understudy.journal.MirrorException;
import io.understudy.journal.RowKey;
import io.understudy.journal.Sequence;
import io.understudy.journal.postgres.Lsn;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ReplayTest {
  private final RecordingSession session = new RecordingSession(Journals.start());
  private final List<ApplierStatus.Commit> told = new ArrayList<>();

  private final Journals journal = new Journals();

  @Test
  void commitsWhatIsAtHandAsOneGroup() throws InterruptedException {
    replay(journal.transaction(1, 2).transaction(3).heartbeat());
    assertThat(session.commits()).containsExactly(changes(1, 2, 3));
    assertThat(session.progress())
        .isEqualTo(
            new Progress(
                Epoch.FIRST,
                new Sequence(2),
                new Lsn(1025),
                Instant.ofEpochSecond(1025),
                "topic",
                6));
    assertThat(told).containsExactly(new ApplierStatus.Commit(session.progress(), 2, 3));
  }

  @Test
  void leavesWithheldRowsAloneAndPutsThemInWhereTheyAreKnown() throws InterruptedException {
    session.withhold(withheld(4, 2, 9), changes(90));
    replay(journal.transaction(1, 2).transaction(9, 3).transaction(2, 4));
    assertThat(session.commits()).containsExactly(changes(1, 3, 90), changes(2, 4));
  }

  @Test
  void putsWithheldRowsInAtAHeartbeatAndBehindALargeTransaction() throws InterruptedException {
    session.withhold(withheld(2, 2), changes(90));
    replay(journal.heartbeat().transaction(2));
    assertThat(session.commits()).containsExactly(changes(90), changes(2));

    RecordingSession other = new RecordingSession(Journals.start());
    other.withhold(withheld(4, 2), changes(90));
    Replay large =
        new Replay(
            Journals.MIRROR,
            other,
            new AlreadyCopied(
                Map.of(), Optional.empty(), null, "topic", ApplierLimits.DEFAULT, () -> false),
            ApplierLimits.DEFAULT,
            commit -> {});
    for (JournalEntry entry :
        new Journals().piece(0, false, 0, 1, 2).piece(1, true, 2, 3).transaction(2).entries()) {
      large.accept(entry);
    }
    large.flush();
    assertThat(other.commits()).containsExactly(changes(1, 3, 90), changes(2));
  }

  @Test
  void leavesAChangeAloneThatGivesAWithheldRowAnotherKey() {
    Change away = Changes.move(Journals.TABLE, Changes.row(2), 7);
    Change there = Changes.move(Journals.TABLE, Changes.row(7), 2);
    Change other = Changes.move(Journals.TABLE, Changes.row(7), 8);
    Change gone = Changes.delete(Journals.TABLE, 2);
    Change all = Changes.truncate(Journals.TABLE);
    assertThat(withheld(9, 2).others(List.of(away, there, other, gone, all)))
        .containsExactly(other, all);
  }

  private static Withheld withheld(long offset, int... ids) {
    return new Withheld(
        new Return.Until(new Sequence(1), offset),
        changes(ids).stream()
            .flatMap(change -> RowKey.of(change).stream())
            .collect(Collectors.toSet()));
  }

  @Test
  void movesTheProgressOfAnIdleStandby() throws InterruptedException {
    replay(journal.heartbeat().heartbeat());
    assertThat(session.commits()).containsExactly(List.of());
    assertThat(session.progress().position()).isEqualTo(new Lsn(1010));
    assertThat(session.progress().sequence()).isEqualTo(Sequence.ZERO);
  }

  @Test
  void endsAGroupAtEachLimit() throws InterruptedException {
    ApplierLimits transactions = limits(2, 100, 1000);
    replay(transactions, journal.transaction(1).transaction(2).transaction(3));
    assertThat(session.commits()).containsExactly(changes(1, 2), changes(3));
  }

  @Test
  void endsAGroupAtTheLimitOfChanges() throws InterruptedException {
    replay(limits(10, 3, 1000), journal.transaction(1, 2).transaction(3, 4).transaction(5));
    assertThat(session.commits()).containsExactly(changes(1, 2, 3, 4), changes(5));
  }

  @Test
  void endsAGroupAtTheLimitOfBytes() throws InterruptedException {
    replay(limits(10, 100, 1), journal.transaction(1).transaction(2));
    assertThat(session.commits()).containsExactly(changes(1), changes(2));
  }

  @Test
  void appliesALargeTransactionAsOneAndAlone() throws InterruptedException {
    replay(
        journal
            .transaction(1)
            .piece(0, false, 0, 2, 3)
            .piece(1, false, 2, 4)
            .piece(2, true, 3)
            .transaction(5));
    assertThat(session.commits()).containsExactly(changes(1), changes(2, 3, 4), changes(5));
    assertThat(told).extracting(ApplierStatus.Commit::changes).containsExactly(1L, 3L, 1L);
  }

  @Test
  void holdsAnIncompleteTransactionOpen() throws InterruptedException {
    replay(journal.transaction(1).piece(0, false, 0, 2, 3));
    assertThat(session.commits()).containsExactly(changes(1));
    assertThat(session.open()).isEqualTo(changes(2, 3));
    assertThat(session.progress().offset()).isEqualTo(2);
  }

  @Test
  void pieceZeroStartsATransactionAnew() throws InterruptedException {
    replay(
        journal
            .piece(0, false, 0, 1, 2)
            .piece(1, false, 2, 3)
            .newTerm()
            .piece(0, false, 0, 1)
            .piece(1, true, 1, 2, 3));
    assertThat(session.commits()).containsExactly(changes(1, 2, 3));
  }

  @Test
  void aWholeTransactionReplacesTheIncompleteOne() throws InterruptedException {
    replay(journal.piece(0, false, 0, 1, 2).newTerm().transaction(1, 2, 3).transaction(4));
    assertThat(session.commits()).containsExactly(changes(1, 2, 3, 4));
  }

  @Test
  void aHeartbeatVoidsTheIncompleteTransaction() throws InterruptedException {
    replay(journal.piece(0, false, 0, 1, 2).heartbeat());
    assertThat(session.commits()).containsExactly(List.of());
    assertThat(session.open()).isEmpty();
    assertThat(session.progress().offset()).isEqualTo(4);
    assertThat(session.progress().sequence()).isEqualTo(Sequence.ZERO);
    assertThatThrownBy(
            () ->
                newReplay(ApplierLimits.DEFAULT)
                    .accept(
                        new Journals()
                            .offset(4)
                            .position(1010)
                            .piece(1, false, 2, 3)
                            .entries()
                            .get(0)))
        .isInstanceOf(MirrorException.Invariant.class);
  }

  @Test
  void aSealVoidsTheIncompleteTransactionAndEndsTheReplay() throws InterruptedException {
    Replay replay =
        replay(journal.transaction(1).piece(0, false, 0, 2).seal().epoch(2).transaction(9));
    assertThat(session.commits()).containsExactly(changes(1), List.of());
    assertThat(session.open()).isEmpty();
    assertThat(session.progress().offset()).isEqualTo(6);
    assertThat(replay.sealedFor()).contains(new DatabaseName("south"));
  }

  @Test
  void goesOnBehindASealInTheNextEpoch() throws InterruptedException {
    replay(journal.transaction(1).seal());
    Replay next = newReplay(ApplierLimits.DEFAULT);
    Journals reign = new Journals().offset(4).sequence(1).epoch(2).term(2).position(7);
    for (JournalEntry entry : reign.transaction(2).entries()) {
      next.accept(entry);
    }
    next.flush();
    assertThat(session.commits()).containsExactly(changes(1), changes(2));
    assertThat(session.progress().epoch()).isEqualTo(new Epoch(2));
  }

  @Test
  void appliesWhatPrecedesABadTransactionAndNamesIt() throws InterruptedException {
    session.refuse(changes(4)::contains);
    assertThatThrownBy(
            () -> replay(journal.transaction(1).transaction(2, 3).transaction(4, 5).transaction(6)))
        .isInstanceOf(MirrorException.Invariant.class)
        .hasMessage("row missing, in transaction 3 at 0/406 (x3 on the source)");
    assertThat(session.commits()).containsExactly(changes(1), changes(2, 3));
    assertThat(session.open()).isEmpty();
    assertThat(session.progress().sequence()).isEqualTo(new Sequence(2));
  }

  @Test
  void undoesALargeTransactionThatFails() throws InterruptedException {
    session.refuse(changes(3)::contains);
    assertThatThrownBy(() -> replay(journal.piece(0, false, 0, 1, 2).piece(1, true, 2, 3)))
        .isInstanceOf(MirrorException.Invariant.class)
        .hasMessage("row missing, in transaction 1 at 0/3F2 (x1 on the source)");
    assertThat(session.commits()).isEmpty();
    assertThat(session.open()).isEmpty();
  }

  private Replay newReplay(ApplierLimits limits) {
    AlreadyCopied none =
        new AlreadyCopied(
            Map.of(), Optional.empty(), new FakeJournal(), "topic", limits, () -> false);
    return new Replay(Journals.MIRROR, session, none, limits, told::add);
  }

  private Replay replay(Journals records) throws InterruptedException {
    return replay(ApplierLimits.DEFAULT, records);
  }

  private Replay replay(ApplierLimits limits, Journals records) throws InterruptedException {
    Replay replay = newReplay(limits);
    for (JournalEntry entry : records.entries()) {
      replay.accept(entry);
    }
    replay.flush();
    return replay;
  }

  private static ApplierLimits limits(int transactions, int changes, long bytes) {
    return new ApplierLimits(
        transactions, changes, bytes, Duration.ofSeconds(10), Duration.ofMillis(1));
  }
}
