package io.understudy.connectors;

import io.understudy.journal.Body;
import io.understudy.journal.Change;
import io.understudy.journal.JournalRecord;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Position;
import io.understudy.journal.Sequence;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes journal records of log events: whole transactions where they are small, numbered pieces
 * where they are not. Drops every transaction that does not lie after the journal's tail. Holds at
 * most one piece in memory.
 *
 * <p>Where a transaction ends is known only at its commit. A large one that turns out to be an old
 * one has left pieces in the journal by then, which no standby can apply: a log that hands such a
 * one out is broken, and stops the reader.
 */
final class Assembler {

  /** Takes the records. */
  interface Out {
    void append(Sequence sequence, Position position, Instant commitTime, Body body);
  }

  private final Out out;
  private final int pieceBytes;
  private final Duration heartbeatSpacing;

  private Sequence sequence;
  private Position position;
  private Instant lastAppend;

  private String transaction;
  private final List<Change> pending = new ArrayList<>();
  private final List<String> marks = new ArrayList<>();
  private long pendingBytes;
  private int piece;
  private long changesBefore;
  private boolean dirty;

  /**
   * @param heartbeatSpacing transactions without changes are recorded, as heartbeats, at most this
   *     often by the source's clock
   */
  Assembler(JournalRecord tail, int pieceBytes, Duration heartbeatSpacing, Out out) {
    this.sequence = tail.complete();
    this.position = tail.position();
    this.lastAppend = tail.commitTime();
    this.pieceBytes = pieceBytes;
    this.heartbeatSpacing = heartbeatSpacing;
    this.out = out;
  }

  /**
   * Position of the last complete record; what lies before it is in the journal once all is
   * committed.
   */
  Position position() {
    return position;
  }

  /** Whether anything was appended since this was last asked. */
  boolean takeDirty() {
    boolean was = dirty;
    dirty = false;
    return was;
  }

  void accept(LogEvent event) {
    if (event instanceof LogEvent.Begin begin) {
      begin(begin);
    } else if (event instanceof LogEvent.Changed changed) {
      change(changed.change());
    } else if (event instanceof LogEvent.Marked marked) {
      requireTransaction("a marker");
      marks.add(marked.name());
    } else if (event instanceof LogEvent.Commit commit) {
      commit(commit);
    } else if (event instanceof LogEvent.Abandoned) {
      requireTransaction("the end of a crash");
      forget(); // the next transaction repeats the sequence, which replaces what pieces there are
    }
  }

  private void begin(LogEvent.Begin begin) {
    if (transaction != null) {
      throw new MirrorException.Invariant(
          "the source's log began transaction "
              + begin.transaction()
              + " before transaction "
              + transaction
              + " ended, after "
              + position.encoded(),
          "report this: nothing of either was journaled");
    }
    transaction = begin.transaction();
  }

  private void change(Change change) {
    requireTransaction("a change");
    pending.add(change);
    pendingBytes += change.size();
    if (pendingBytes >= pieceBytes) {
      appendPiece(position, lastAppend, false);
    }
  }

  private void commit(LogEvent.Commit commit) {
    requireTransaction("a commit");
    if (!commit.position().isAfter(position)) {
      requireNoPieces(commit);
    } else if (piece > 0 || !pending.isEmpty()) {
      appendPiece(commit.position(), commit.commitTime(), true);
      sequence = sequence.next();
      advance(commit);
      appendMarks(commit);
    } else if (!marks.isEmpty()) {
      appendMarks(commit);
    } else if (!commit.commitTime().isBefore(lastAppend.plus(heartbeatSpacing))) {
      out.append(sequence, commit.position(), commit.commitTime(), new Body.Heartbeat());
      advance(commit);
    }
    forget();
  }

  private void appendMarks(LogEvent.Commit commit) {
    for (String mark : marks) {
      out.append(sequence, commit.position(), commit.commitTime(), new Body.Marker(mark));
      advance(commit);
    }
  }

  private void appendPiece(Position at, Instant commitTime, boolean last) {
    out.append(
        sequence.next(),
        at,
        commitTime,
        new Body.Piece(transaction, piece, last, changesBefore, pending));
    dirty = true;
    changesBefore += pending.size();
    piece++;
    pending.clear();
    pendingBytes = 0;
  }

  private void advance(LogEvent.Commit commit) {
    position = commit.position();
    lastAppend = commit.commitTime();
    dirty = true;
  }

  private void forget() {
    transaction = null;
    pending.clear();
    marks.clear();
    pendingBytes = 0;
    piece = 0;
    changesBefore = 0;
  }

  private void requireNoPieces(LogEvent.Commit commit) {
    if (piece > 0) {
      throw new MirrorException.Invariant(
          "the source's log began behind "
              + position.encoded()
              + " with transaction "
              + transaction
              + ", which was committed before, at "
              + commit.position().encoded(),
          "report this: the journal holds pieces of it that no standby can apply");
    }
  }

  private void requireTransaction(String what) {
    if (transaction == null) {
      throw new MirrorException.Invariant(
          "the source's log brought "
              + what
              + " outside a transaction, after "
              + position.encoded(),
          "report this: nothing was journaled of it");
    }
  }
}
