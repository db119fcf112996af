package io.understudy.journal.kafka;

import io.understudy.journal.Body;
import io.understudy.journal.Epoch;
import io.understudy.journal.JournalRecord;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import io.understudy.journal.Position;
import io.understudy.journal.Sequence;
import java.util.function.Supplier;

/**
 * What may follow what in a journal. The writer holds its records against it before they are sent,
 * each reader after they came. Keeps one record's worth of state.
 */
final class Continuity {
  private static final String REMEDY =
      "the journal was damaged, or something else wrote to it: restore the topic, or make the mirror anew: understudy init --again";

  private final MirrorName mirror;

  /** Whether the first record may be in the middle of a transaction. */
  private final boolean within;

  private JournalRecord last;

  /** Of the transaction that {@link #last} leaves incomplete; -1 if it leaves none. */
  private int nextPiece = -1;

  /** How many changes that transaction has so far. */
  private long changes;

  private Continuity(MirrorName mirror, boolean within, JournalRecord last) {
    this.mirror = mirror;
    this.within = within;
    this.last = last == null ? null : last.withoutChanges();
  }

  /** Anything may come first but the middle of a transaction. */
  static Continuity between(MirrorName mirror) {
    return new Continuity(mirror, false, null);
  }

  /** Anything may come first. */
  static Continuity anywhere(MirrorName mirror) {
    return new Continuity(mirror, true, null);
  }

  /** Behind a tail: a transaction that it leaves incomplete must be begun anew. */
  static Continuity behind(JournalRecord tail) {
    return new Continuity(tail.mirror(), false, tail);
  }

  /**
   * @param where for the message: "the record at offset 17"
   * @throws MirrorException.Invariant if {@code next} cannot follow; nothing is changed then
   */
  void accept(JournalRecord next, String where) {
    try {
      require(next.mirror().equals(mirror), () -> "belongs to mirror " + next.mirror());
      if (last == null) {
        require(
            within || pieceOf(next) <= 0,
            () -> "is in the middle of transaction " + next.sequence());
      } else {
        requireReign(next);
        requireOrder(next);
      }
    } catch (Broken broken) {
      throw new MirrorException.Invariant(
          where
              + " in the journal of mirror "
              + mirror
              + " "
              + broken.getMessage()
              + (last == null
                  ? ""
                  : "; before it came transaction "
                      + last.sequence()
                      + " of epoch "
                      + last.epoch()
                      + ", term "
                      + last.term()
                      + ", at position "
                      + last.position()),
          REMEDY,
          broken);
    }
    last = next.withoutChanges();
    nextPiece = -1;
    if (next.body() instanceof Body.Piece piece && !piece.last()) {
      nextPiece = piece.piece() + 1;
      changes = piece.changesBefore() + piece.changes().size();
    }
  }

  /** The last record accepted, without its changes; null before the first. */
  JournalRecord last() {
    return last;
  }

  /** Epochs change behind a seal, terms with a record that is no piece; neither is left out. */
  private void requireReign(JournalRecord next) {
    boolean sealed = last.body() instanceof Body.Seal;
    if (next.epoch().equals(last.epoch())) {
      require(!sealed, () -> "follows the seal of its epoch");
    } else {
      Epoch expected = sealed ? last.epoch().next() : last.epoch();
      require(
          next.epoch().equals(expected),
          () -> "is of epoch " + next.epoch() + " where epoch " + expected + " goes on");
      require(isBegin(next), () -> "begins epoch " + next.epoch() + " without the marker for it");
    }
    if (next.term() != last.term()) {
      require(
          next.term() == last.term() + 1,
          () -> "is of term " + next.term() + " where term " + last.term() + " goes on");
      require(pieceOf(next) < 0, () -> "begins term " + next.term() + " without a claim");
    }
  }

  private void requireOrder(JournalRecord next) {
    Sequence complete = last.complete();
    if (!(next.body() instanceof Body.Piece piece)) {
      require(
          next.sequence().equals(complete),
          () ->
              "has sequence "
                  + next.sequence()
                  + " where "
                  + complete
                  + " is the last complete one");
      require(
          !next.epoch().equals(last.epoch()) || !isAfter(last.position(), next.position()),
          () -> "goes back to position " + next.position());
      return;
    }
    require(
        next.sequence().equals(complete.next()),
        () -> "has sequence " + next.sequence() + " where " + complete.next() + " is due");
    if (piece.piece() > 0) {
      require(
          piece.piece() == nextPiece,
          () ->
              "is piece "
                  + piece.piece()
                  + (nextPiece < 0
                      ? " of a transaction not begun"
                      : " where " + nextPiece + " is due"));
      Body.Piece before = (Body.Piece) last.body();
      require(
          piece.changesBefore() == changes,
          () ->
              "counts " + piece.changesBefore() + " changes before it where there are " + changes);
      require(
          piece.sourceTransaction().equals(before.sourceTransaction()),
          () ->
              "is a piece of source transaction "
                  + piece.sourceTransaction()
                  + " within "
                  + before.sourceTransaction());
    }
    if (piece.last()) {
      require(
          isAfter(next.position(), last.position()),
          () -> "is at position " + next.position() + ", which is not behind the one before");
    } else {
      require(
          next.position().equals(last.position()),
          () -> "is an incomplete transaction and moves to position " + next.position());
    }
  }

  private static boolean isBegin(JournalRecord record) {
    return record.body() instanceof Body.Marker marker && marker.name().equals(Body.Marker.BEGIN);
  }

  private static int pieceOf(JournalRecord record) {
    return record.body() instanceof Body.Piece piece ? piece.piece() : -1;
  }

  private static boolean isAfter(Position one, Position other) {
    try {
      return one.isAfter(other);
    } catch (IllegalArgumentException e) {
      throw new Broken("has a position of another kind: " + e.getMessage());
    }
  }

  private static void require(boolean condition, Supplier<String> otherwise) {
    if (!condition) {
      throw new Broken(otherwise.get());
    }
  }

  private static final class Broken extends RuntimeException {
    private static final long serialVersionUID = 1;

    Broken(String what) {
      super(what, null, false, false);
    }
  }
}
