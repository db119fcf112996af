package io.understudy.journal.kafka;

import io.understudy.journal.Body;
import io.understudy.journal.Epoch;
import io.understudy.journal.JournalRecord;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import io.understudy.journal.Sequence;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;

/**
 * A reader process as the journal sees one: takes over, goes on behind the tail, takes over again
 * after a transient error, and ends when it was superseded. One {@link #step} does one call.
 */
final class SimulatedReader {
  enum End {
    NOT_YET,
    SUPERSEDED,
    DONE
  }

  static final MirrorName MIRROR = new MirrorName("simulated");

  private final SimulatedLog log;
  private final Random dice;
  private final long transactions;
  private JournalWriter writer;

  /** How many records there were when it last took over. */
  private int seen;

  private boolean holds;
  private boolean claimed;
  private long next;
  private int piece;
  private boolean uncommitted;

  SimulatedReader(SimulatedLog log, Random dice, long transactions) {
    this.log = log;
    this.dice = dice;
    this.transactions = transactions;
  }

  End step() {
    log.turnOf(this);
    try {
      if (!holds) {
        takeOver();
      } else if (!claimed) {
        claim();
      } else if (next > transactions && !uncommitted) {
        writer.close();
        return End.DONE;
      } else if (next > transactions || (uncommitted && dice.nextInt(4) == 0)) {
        writer.commit();
        uncommitted = false;
      } else {
        append();
      }
      return End.NOT_YET;
    } catch (MirrorException.Transient e) {
      holds = false;
      claimed = false;
      return End.NOT_YET;
    } catch (MirrorException.Superseded e) {
      if (!log.othersWroteSince(seen, this)) {
        throw new AssertionError("told that it was superseded when nobody was there", e);
      }
      return End.SUPERSEDED;
    }
  }

  private void takeOver() {
    if (writer == null) {
      writer = JournalWriter.takeOver(MIRROR, log, Optional.empty(), Duration.ZERO);
    } else {
      writer = writer.takeOverAgain();
      if (log.othersWroteSince(seen, this)) {
        throw new AssertionError("took the journal back from one that had claimed it");
      }
    }
    seen = log.size();
    holds = true;
  }

  private void claim() {
    if (writer.tail().isEmpty()) {
      writer.first(Epoch.FIRST, Transactions.position(0), Transactions.time(0));
      next = 1;
    } else {
      writer.claim(Epoch.FIRST);
      JournalRecord tail = writer.tail().orElseThrow().record();
      next = tail.complete().value() + 1;
    }
    piece = 0;
    uncommitted = false;
    claimed = true;
  }

  private void append() {
    if (piece == 0 && dice.nextInt(8) == 0) {
      writer.append(
          new Sequence(next - 1),
          Transactions.position(next - 1),
          Transactions.time(next),
          new Body.Heartbeat());
    } else if (piece > 0 && dice.nextInt(8) == 0) {
      // The source's connection was lost within a transaction: it comes again from its start.
      piece = 0;
    } else {
      boolean last = piece == pieces(next) - 1;
      Transactions.appendPiece(writer, next, piece, last);
      next = last ? next + 1 : next;
      piece = last ? 0 : piece + 1;
    }
    uncommitted = true;
  }

  /** Every fifth transaction is a large one. */
  static int pieces(long transaction) {
    return transaction % 5 == 0 ? 4 : 1;
  }
}
