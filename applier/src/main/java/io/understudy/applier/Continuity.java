package io.understudy.applier;

import io.understudy.journal.Body;
import io.understudy.journal.JournalEntry;
import io.understudy.journal.JournalRecord;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import io.understudy.journal.Sequence;

/**
 * Checks that every record follows the one before it: this mirror's, dense in sequence and piece,
 * never back in epoch, term, offset or position. Owned by one thread.
 */
final class Continuity {
  private static final String REMEDY =
      "the journal cannot be trusted behind the last record applied: find out who else wrote to its"
          + " topic, then make the standby anew with `understudy init --again`";

  private final MirrorName mirror;
  private Progress reached;
  private long lastOffset;
  private long term;

  /** The large transaction whose pieces are being read; no piece expected if {@code piece} is 0. */
  private int expectedPiece;

  private long changesSoFar;

  Continuity(MirrorName mirror, Progress reached) {
    this.mirror = mirror;
    this.reached = reached;
    this.lastOffset = reached.offset();
  }

  /**
   * @return where the standby stands once this record, if it completes something, is applied
   * @throws MirrorException.Invariant if it does not follow
   */
  Progress check(JournalEntry entry) {
    JournalRecord record = entry.record();
    checkHeader(entry);
    if (record.body() instanceof Body.Piece piece) {
      checkPiece(entry, piece);
    } else {
      require(
          record.sequence().equals(reached.sequence()),
          entry,
          "says that transaction " + record.sequence() + " was the last, it is " + last());
      expectedPiece = 0;
    }
    lastOffset = entry.offset();
    term = record.term();
    boolean completes = !(record.body() instanceof Body.Piece piece) || piece.last();
    if (completes) {
      reached =
          new Progress(
              record.epoch(),
              record.sequence(),
              record.position(),
              record.commitTime(),
              reached.topicId(),
              entry.offset());
    }
    return reached;
  }

  private void checkHeader(JournalEntry entry) {
    JournalRecord record = entry.record();
    require(record.mirror().equals(mirror), entry, "belongs to mirror " + record.mirror());
    require(entry.offset() > lastOffset, entry, "does not lie behind offset " + lastOffset);
    require(
        record.epoch().compareTo(reached.epoch()) >= 0,
        entry,
        "is of epoch " + record.epoch() + ", epoch " + reached.epoch() + " was reached");
    require(
        record.term() >= term,
        entry,
        "is of term " + record.term() + ", term " + term + " was seen");
    boolean sameReign = record.epoch().equals(reached.epoch());
    require(
        !sameReign || !reached.position().isAfter(record.position()),
        entry,
        "goes back to position " + record.position().encoded());
  }

  private void checkPiece(JournalEntry entry, Body.Piece piece) {
    Sequence sequence = entry.record().sequence();
    require(
        sequence.equals(reached.sequence().next()),
        entry,
        "holds transaction " + sequence + " where " + reached.sequence().next() + " must follow");
    if (piece.piece() == 0) {
      changesSoFar = 0;
    } else {
      require(
          piece.piece() == expectedPiece && piece.changesBefore() == changesSoFar,
          entry,
          "holds piece "
              + piece.piece()
              + " of transaction "
              + sequence
              + " behind "
              + piece.changesBefore()
              + " changes, where piece "
              + expectedPiece
              + " behind "
              + changesSoFar
              + " must follow");
    }
    expectedPiece = piece.last() ? 0 : piece.piece() + 1;
    changesSoFar += piece.changes().size();
  }

  private String last() {
    return "transaction " + reached.sequence() + " at " + reached.position().encoded();
  }

  private void require(boolean holds, JournalEntry entry, String what) {
    if (!holds) {
      throw new MirrorException.Invariant(
          "reading the journal of mirror "
              + mirror
              + ": the record at offset "
              + entry.offset()
              + " "
              + what
              + " (last applied or about to be: "
              + last()
              + ", epoch "
              + reached.epoch()
              + ")",
          REMEDY);
    }
  }
}
