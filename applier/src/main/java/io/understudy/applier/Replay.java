package io.understudy.applier;

import io.understudy.journal.Body;
import io.understudy.journal.Change;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.JournalEntry;
import io.understudy.journal.JournalRecord;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import io.understudy.journal.Position;
import io.understudy.journal.Sequence;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Brings the journal's records onto a standby through one session: small transactions in groups,
 * large ones piece by piece, each as one standby transaction with its progress. A large transaction
 * that anything but its next piece follows is undone; its reader will not continue it. Owned by one
 * thread.
 */
final class Replay {
  private final StandbySession session;
  private final Continuity continuity;
  private final Grouping grouping;
  private final Consumer<ApplierStatus.Commit> onCommit;

  /** Changes of the large transaction in the open standby transaction; 0 if none is open. */
  private long largeChanges;

  private boolean largeOpen;
  private DatabaseName sealedFor;

  Replay(
      MirrorName mirror,
      StandbySession session,
      ApplierLimits limits,
      Consumer<ApplierStatus.Commit> onCommit) {
    this.session = session;
    this.continuity = new Continuity(mirror, session.progress());
    this.grouping = new Grouping(limits);
    this.onCommit = onCommit;
  }

  /** Checks a record and takes it; what it completes is committed now or by {@link #flush()}. */
  void accept(JournalEntry entry) {
    if (sealedFor != null) {
      return;
    }
    Progress end = continuity.check(entry);
    entry.record().body().accept(new Acceptance(entry.record(), end));
  }

  /** Applies and commits what is complete. */
  void flush() {
    Optional<Group> next = grouping.take();
    if (next.isPresent()) {
      apply(next.get());
    }
  }

  /** Whom the seal that was applied names as the next source; empty before a seal. */
  Optional<DatabaseName> sealedFor() {
    return Optional.ofNullable(sealedFor);
  }

  private void apply(Group group) {
    long begin = System.nanoTime();
    List<Group.Transaction> transactions = group.transactions();
    try {
      List<Change> changes = group.changes();
      session.apply(changes);
      commit(group.end(), transactions.size(), changes.size());
      grouping.took(Duration.ofNanos(System.nanoTime() - begin), changes.size());
    } catch (MirrorException.Invariant | MirrorException.Operator e) {
      session.rollback();
      if (transactions.size() < 2) {
        throw transactions.isEmpty() ? e : within(transactions.get(0), e);
      }
      applyOneByOne(group);
    }
  }

  /** Applies what precedes the transaction that fails, and tells which one it is. */
  private void applyOneByOne(Group group) {
    for (Group.Transaction transaction : group.transactions()) {
      try {
        session.apply(transaction.changes());
        commit(transaction.end(), 1, transaction.changes().size());
      } catch (MirrorException.Invariant | MirrorException.Operator e) {
        session.rollback();
        throw within(transaction, e);
      }
    }
    if (!session.progress().equals(group.end())) {
      commit(group.end(), 0, 0);
    }
  }

  private void applyPiece(Body.Piece piece, JournalRecord record, Progress end) {
    flush();
    if (piece.piece() == 0) {
      discardLarge();
    }
    largeOpen = true;
    try {
      session.apply(piece.changes());
      largeChanges += piece.changes().size();
      if (piece.last()) {
        commit(end, 1, largeChanges);
        largeOpen = false;
        largeChanges = 0;
      }
    } catch (MirrorException.Invariant | MirrorException.Operator e) {
      discardLarge();
      throw within(record.sequence(), piece.sourceTransaction(), record.position(), e);
    }
  }

  private void discardLarge() {
    if (largeOpen) {
      session.rollback();
      largeOpen = false;
      largeChanges = 0;
    }
  }

  private void commit(Progress end, int transactions, long changes) {
    session.commit(end);
    onCommit.accept(new ApplierStatus.Commit(end, transactions, changes));
  }

  private static MirrorException within(Group.Transaction transaction, MirrorException e) {
    Progress end = transaction.end();
    return within(end.sequence(), transaction.source(), end.position(), e);
  }

  private static MirrorException within(
      Sequence sequence, String source, Position position, MirrorException e) {
    String message =
        e.getMessage()
            + ", in transaction "
            + sequence
            + " at "
            + position.encoded()
            + " ("
            + source
            + " on the source)";
    return e instanceof MirrorException.Invariant
        ? new MirrorException.Invariant(message, e.remedy(), e)
        : new MirrorException.Operator(message, e.remedy(), e);
  }

  /** What to do with a record of each kind. */
  private final class Acceptance implements Body.Handler<Void> {
    private final JournalRecord record;
    private final Progress end;

    Acceptance(JournalRecord record, Progress end) {
      this.record = record;
      this.end = end;
    }

    @Override
    public Void piece(Body.Piece piece) {
      if (piece.piece() > 0 || !piece.last()) {
        applyPiece(piece, record, end);
        return null;
      }
      discardLarge();
      grouping.add(new Group.Transaction(piece.sourceTransaction(), piece.changes(), end));
      if (grouping.full()) {
        flush();
      }
      return null;
    }

    @Override
    public Void heartbeat(Body.Heartbeat heartbeat) {
      return moved();
    }

    @Override
    public Void marker(Body.Marker marker) {
      return moved();
    }

    @Override
    public Void seal(Body.Seal seal) {
      moved();
      flush();
      sealedFor = seal.successor();
      return null;
    }

    private Void moved() {
      discardLarge();
      grouping.moveTo(end);
      return null;
    }
  }
}
