package io.understudy.applier;

import static io.understudy.applier.Journals.changes;
import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.journal.Change;
import io.understudy.journal.Ddl;
import io.understudy.journal.JournalEntry;
import io.understudy.journal.Position;
import io.understudy.journal.Relation;
import io.understudy.journal.TableName;
import io.understudy.journal.postgres.Lsn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Transactions of {@link Journals} are committed at 1010, 1020, and so on. */
class AlreadyCopiedTest {
  private final RecordingSession session = new RecordingSession(Journals.start());
  private boolean stopping;

  private void replay(Map<TableName, Position> copied, Journals journal)
      throws InterruptedException {
    FakeJournal fake = new FakeJournal().holding(journal.entries()).pollLimit(1);
    fake.atTheEnd(() -> stopping = true);
    AlreadyCopied ahead =
        new AlreadyCopied(
            copied, Optional.empty(), fake, "topic", ApplierLimits.DEFAULT, () -> stopping);
    Replay replay =
        new Replay(Journals.MIRROR, session, ahead, ApplierLimits.DEFAULT, commit -> {});
    for (JournalEntry entry : journal.entries()) {
      if (!stopping) {
        replay.accept(entry);
      }
    }
    replay.flush();
  }

  private static Map<TableName, Position> upTo(long position) {
    return Map.of(Journals.TABLE.table(), new Lsn(position));
  }

  @Test
  void whatWasCommittedUpToTheCopyIsLeftOut() throws InterruptedException {
    replay(upTo(1020), new Journals().transaction(1).transaction(2).transaction(3));
    assertThat(session.commits()).containsExactly(changes(3));
    assertThat(session.progress().position()).isEqualTo(new Lsn(1030));
  }

  @Test
  void otherTablesAreNotAffected() throws InterruptedException {
    TableName other = new TableName("public", "other");
    replay(Map.of(other, new Lsn(1020)), new Journals().transaction(1).transaction(2));
    assertThat(session.commits()).containsExactly(changes(1, 2));
  }

  @Test
  void aLargeTransactionThatWasCommittedBeforeIsLeftOutFromItsFirstPieceOn()
      throws InterruptedException {
    replay(
        upTo(1020),
        new Journals()
            .transaction(1)
            .piece(0, false, 0, 2, 3)
            .piece(1, false, 2, 4)
            .piece(2, true, 3, 5)
            .transaction(6));
    assertThat(session.commits()).containsExactly(List.of(), List.of(), changes(6));
  }

  @Test
  void aLargeTransactionThatWasCommittedBehindItIsAppliedFromItsFirstPieceOn()
      throws InterruptedException {
    replay(
        upTo(1019),
        new Journals().transaction(1).piece(0, false, 0, 2, 3).piece(1, true, 2, 4).transaction(5));
    assertThat(session.commits()).containsExactly(List.of(), changes(2, 3, 4), changes(5));
  }

  @Test
  void aTransactionThatWasBegunAgainCountsAsItEnded() throws InterruptedException {
    replay(
        upTo(1010),
        new Journals()
            .piece(0, false, 0, 1, 2)
            .newTerm()
            .piece(0, false, 0, 1)
            .piece(1, true, 1, 2)
            .transaction(3));
    assertThat(session.commits()).containsExactly(List.of(), changes(3));
  }

  @Test
  void whoIsToStopDoesNotWaitForTheEndOfATransaction() throws InterruptedException {
    replay(upTo(1010), new Journals().piece(0, false, 0, 1, 2));
    assertThat(stopping).isTrue();
    assertThat(session.open()).isEmpty();
    assertThat(session.commits()).isEmpty();
  }

  @Test
  void aTruncateOfSeveralTablesEmptiesThoseThatWereCopiedBefore() {
    Relation other = new Relation(new TableName("public", "other"), Journals.TABLE.columns());
    AlreadyCopied ahead =
        new AlreadyCopied(
            upTo(1020),
            Optional.empty(),
            new FakeJournal(),
            "topic",
            ApplierLimits.DEFAULT,
            () -> false);
    List<Change> changes = new ArrayList<>(changes(1));
    changes.add(new Change.Truncate(List.of(Journals.TABLE, other)));
    assertThat(ahead.missing(changes, new Lsn(1020)))
        .containsExactly(new Change.Truncate(List.of(other)));
    assertThat(ahead.missing(changes, new Lsn(1021))).isSameAs(changes);
  }

  @Test
  void aSchemaThatIsAheadNeedsNoChangeThatItHas() {
    Change change =
        new Change.SchemaChange(
            new Ddl("DROP TABLE", "DROP TABLE t", Optional.empty(), false, "r", new TreeMap<>()));
    AlreadyCopied ahead =
        new AlreadyCopied(
            Map.of(),
            Optional.of(new Lsn(1020)),
            new FakeJournal(),
            "topic",
            ApplierLimits.DEFAULT,
            () -> false);
    assertThat(ahead.missing(List.of(change), new Lsn(1020))).isEmpty();
    assertThat(ahead.missing(List.of(change), new Lsn(1021))).containsExactly(change);
    assertThat(ahead.isOverAt(new Lsn(1019))).isFalse();
    assertThat(ahead.isOverAt(new Lsn(1020))).isTrue();
  }
}
