package io.understudy.journal;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * One record of the journal.
 *
 * @param epoch never falls from one record to the next
 * @param term counts from 1 the readers that held the journal in turn; never falls. A reader that
 *     finds a higher one than its own at the tail was superseded
 * @param sequence of the transaction; other kinds repeat that of the last complete transaction
 *     before them
 * @param position where the source's log stands once this record is applied. A piece that is not
 *     the last repeats the position before its transaction, so the journal's last record alone says
 *     where to resume
 * @param commitTime by the source's clock; anything finer than a microsecond is cut off
 */
public record JournalRecord(
    MirrorName mirror,
    Epoch epoch,
    long term,
    Sequence sequence,
    Position position,
    Instant commitTime,
    Body body) {
  public JournalRecord {
    if (term < 1) {
      throw new IllegalArgumentException("term " + term + " is below 1");
    }
    commitTime = commitTime.truncatedTo(ChronoUnit.MICROS);
  }

  /** The last transaction that is complete once this record is read. */
  public Sequence complete() {
    return body instanceof Body.Piece piece && !piece.last()
        ? new Sequence(sequence.value() - 1)
        : sequence;
  }

  /**
   * The same without what it changes, for whoever only keeps where the journal stands: a record may
   * hold hundreds of megabytes.
   */
  public JournalRecord withoutChanges() {
    return body instanceof Body.Piece piece && !piece.changes().isEmpty()
        ? new JournalRecord(
            mirror, epoch, term, sequence, position, commitTime, piece.withoutChanges())
        : this;
  }
}
