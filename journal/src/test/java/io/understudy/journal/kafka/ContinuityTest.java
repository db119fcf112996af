package io.understudy.journal.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.understudy.journal.Body;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.Epoch;
import io.understudy.journal.JournalRecord;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import io.understudy.journal.Position;
import io.understudy.journal.Sequence;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ContinuityTest {
  private static final MirrorName MIRROR = new MirrorName("shop");
  private static final Body HEARTBEAT = new Body.Heartbeat();
  private static final Body SEAL = new Body.Seal(new DatabaseName("south"));
  private static final Body BEGIN = new Body.Marker(Body.Marker.BEGIN);

  /** Transaction 7 at position 70, in epoch 1 and term 3. */
  private Continuity continuity = Continuity.behind(record(1, 3, 7, 70, Transactions.whole(7)));

  @Test
  void acceptsTheNextTransactionAndHeartbeatsThatStandStill() {
    accept(record(1, 3, 8, 80, Transactions.whole(8)));
    accept(record(1, 3, 8, 80, HEARTBEAT));
    accept(record(1, 3, 8, 85, HEARTBEAT));
    accept(record(1, 3, 9, 90, Transactions.whole(9)));
    assertThat(continuity.last().sequence()).isEqualTo(new Sequence(9));
  }

  @Test
  void refusesASkippedARepeatedAndAnEarlierTransaction() {
    refuse(record(1, 3, 9, 90, Transactions.whole(9)), "has sequence 9 where 8 is due");
    refuse(record(1, 3, 7, 70, Transactions.whole(7)), "has sequence 7 where 8 is due");
    refuse(record(1, 3, 6, 60, Transactions.whole(6)), "has sequence 6 where 8 is due");
  }

  @Test
  void refusesPositionsThatDoNotMoveForward() {
    refuse(record(1, 3, 8, 70, Transactions.whole(8)), "not behind the one before");
    refuse(record(1, 3, 8, 69, Transactions.whole(8)), "not behind the one before");
    refuse(record(1, 3, 7, 69, HEARTBEAT), "goes back to position 0/45");
    refuse(record(1, 3, 8, 80, piece(8, 0, false, 0)), "incomplete transaction and moves");
  }

  @Test
  void refusesPositionsOfAnotherEngine() {
    Position foreign = new ForeignPosition();
    JournalRecord next =
        new JournalRecord(
            MIRROR,
            Epoch.FIRST,
            3,
            new Sequence(8),
            foreign,
            Transactions.time(0),
            Transactions.whole(8));
    refuse(next, "another kind");
  }

  @Test
  void acceptsPiecesInOrderAndTheirRestart() {
    accept(record(1, 3, 8, 70, piece(8, 0, false, 0)));
    accept(record(1, 3, 8, 70, piece(8, 1, false, 1)));
    accept(record(1, 3, 8, 70, piece(8, 0, false, 0)));
    accept(record(1, 3, 8, 70, piece(8, 1, false, 1)));
    accept(record(1, 3, 8, 80, piece(8, 2, true, 2)));
    accept(record(1, 3, 9, 90, Transactions.whole(9)));
  }

  @Test
  void refusesPiecesThatAreNotDue() {
    refuse(record(1, 3, 8, 80, piece(8, 1, true, 1)), "is piece 1 of a transaction not begun");
    accept(record(1, 3, 8, 70, piece(8, 0, false, 0)));
    refuse(record(1, 3, 8, 70, piece(8, 2, false, 2)), "is piece 2 where 1 is due");
    refuse(record(1, 3, 8, 70, piece(8, 1, false, 2)), "counts 2 changes before it");
    refuse(record(1, 3, 8, 70, piece(9, 1, false, 1)), "of source transaction 9 within 8");
    refuse(record(1, 3, 9, 80, Transactions.whole(9)), "has sequence 9 where 8 is due");
  }

  @Test
  void letsARecordOfAnotherKindAbandonAnIncompleteTransaction() {
    accept(record(1, 3, 8, 70, piece(8, 0, false, 0)));
    refuse(record(1, 3, 8, 70, HEARTBEAT), "where 7 is the last complete one");
    accept(record(1, 4, 7, 70, HEARTBEAT));
    refuse(record(1, 4, 8, 70, piece(8, 1, false, 1)), "of a transaction not begun");
    accept(record(1, 4, 8, 70, piece(8, 0, false, 0)));
  }

  @Test
  void beginsATermOnlyWithAClaimAndLeavesNoneOut() {
    refuse(record(1, 2, 8, 80, Transactions.whole(8)), "is of term 2 where term 3 goes on");
    refuse(record(1, 5, 7, 70, HEARTBEAT), "is of term 5 where term 3 goes on");
    refuse(record(1, 4, 8, 80, Transactions.whole(8)), "begins term 4 without a claim");
    accept(record(1, 4, 7, 70, HEARTBEAT));
    accept(record(1, 4, 8, 80, Transactions.whole(8)));
  }

  @Test
  void endsAnEpochWithItsSealAndBeginsTheNextWithItsMarker() {
    refuse(record(2, 4, 7, 70, BEGIN), "is of epoch 2 where epoch 1 goes on");
    accept(record(1, 4, 7, 70, SEAL));
    refuse(record(1, 4, 8, 80, Transactions.whole(8)), "follows the seal of its epoch");
    refuse(record(1, 5, 7, 70, SEAL), "follows the seal of its epoch");
    refuse(record(3, 5, 7, 5, BEGIN), "is of epoch 3 where epoch 2 goes on");
    refuse(record(2, 5, 7, 5, HEARTBEAT), "begins epoch 2 without the marker");
    accept(record(2, 5, 7, 5, BEGIN));
    accept(record(2, 5, 8, 6, Transactions.whole(8)));
  }

  @Test
  void refusesWhatBelongsToAnotherMirror() {
    JournalRecord foreign =
        new JournalRecord(
            new MirrorName("other"),
            Epoch.FIRST,
            3,
            new Sequence(8),
            Transactions.position(80),
            Transactions.time(0),
            Transactions.whole(8));
    refuse(foreign, "belongs to mirror other");
  }

  @Test
  void goesOnInTheMiddleOfATransactionIfItMayBeginThere() {
    continuity = Continuity.anywhere(MIRROR);
    accept(record(1, 3, 8, 70, piece(8, 1, false, 1)));
    refuse(record(1, 3, 8, 80, piece(8, 3, true, 3)), "is piece 3 where 2 is due");
    accept(record(1, 3, 8, 80, piece(8, 2, true, 2)));
    refuse(record(1, 3, 10, 90, Transactions.whole(10)), "has sequence 10 where 9 is due");
  }

  @Test
  void mayBeginAnywhereButWithinATransaction() {
    assertThatThrownBy(
            () ->
                Continuity.between(MIRROR)
                    .accept(record(1, 3, 8, 80, piece(8, 1, true, 1)), "the record"))
        .isInstanceOf(MirrorException.Invariant.class)
        .hasMessageContaining("in the middle of transaction 8");
    assertThatCode(
            () ->
                Continuity.between(MIRROR)
                    .accept(record(1, 3, 8, 70, piece(8, 0, false, 0)), "the record"))
        .doesNotThrowAnyException();
  }

  private void accept(JournalRecord record) {
    continuity.accept(record, "the record");
  }

  /** And leaves everything as it was. */
  private void refuse(JournalRecord record, String why) {
    JournalRecord before = continuity.last();
    assertThatThrownBy(() -> continuity.accept(record, "the record at offset 17"))
        .isInstanceOf(MirrorException.Invariant.class)
        .hasMessageContaining("the record at offset 17")
        .hasMessageContaining(why);
    assertThat(continuity.last()).isSameAs(before);
  }

  private static Body piece(long transaction, int piece, boolean last, long before) {
    return Transactions.piece(transaction, piece, last, before, 1, "");
  }

  private static JournalRecord record(
      long epoch, long term, long sequence, long position, Body body) {
    return new JournalRecord(
        MIRROR,
        new Epoch(epoch),
        term,
        new Sequence(sequence),
        Transactions.position(position),
        Transactions.time(0),
        body);
  }

  private record ForeignPosition() implements Position {
    @Override
    public String kind() {
      return "foreign";
    }

    @Override
    public String encoded() {
      return "x";
    }

    @Override
    public boolean isAfter(Position other) {
      throw new IllegalArgumentException("not comparable");
    }

    @Override
    public OptionalLong bytesSince(Position earlier) {
      return OptionalLong.empty();
    }
  }
}
