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
  private final AlreadyCopied copied;
  private final Grouping grouping;
  private final Consumer<ApplierStatus.Commit> onCommit;

  /** Changes of the large transaction in the open standby transaction; 0 if none is open. */
  private long largeChanges;

  private boolean largeOpen;

  /** Null if no rows are withheld. */
  private Withheld withheld;

  private DatabaseName sealedFor;

  Replay(
      MirrorName mirror,
      StandbySession session,
      AlreadyCopied copied,
      ApplierLimits limits,
      Consumer<ApplierStatus.Commit> onCommit) {
    this.session = session;
    this.continuity = new Continuity(mirror, session.progress());
    this.copied = copied;
    this.withheld = session.withheld().orElse(null);
    this.grouping = new Grouping(limits);
    this.onCommit = onCommit;
  }

  /** Checks a record and takes it; what it completes is committed now or by {@link #flush()}. */
  void accept(JournalEntry entry) throws InterruptedException {
    if (sealedFor != null) {
      return;
    }
    Progress end = continuity.check(entry);
    Optional<Position> commit = copied.commitOf(entry);
    if (commit.isPresent()) { // else the applier is stopping, and this is read again
      entry.record().body().accept(new Acceptance(entry.record(), end, commit.get()));
      if (withheld != null && withheld.endsAt(entry.offset())) {
        flush(); // what follows is applied to the rows that come with it
      }
    }
  }

  /** Applies and commits what is complete. */
  void flush() {
    Optional<Group> next = grouping.take();
    if (next.isPresent()) {
      apply(next.get());
    }
  }

  /** Whether all tables are as the source had them at one moment. */
  boolean isOfOneMoment() {
    return copied.isEmpty();
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
    } catch (MirrorException.Invariant | MirrorException.Operator | MirrorException.Held e) {
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
      } catch (MirrorException.Invariant | MirrorException.Operator | MirrorException.Held e) {
        session.rollback();
        throw within(transaction, e);
      }
    }
    if (!session.progress().equals(group.end())) {
      commit(group.end(), 0, 0);
    }
  }

  private void applyPiece(
      Body.Piece piece, List<Change> changes, JournalRecord record, Progress end) {
    flush();
    if (piece.piece() == 0) {
      discardLarge();
    }
    largeOpen = true;
    try {
      session.apply(changes);
      largeChanges += changes.size();
      if (piece.last()) {
        commit(end, 1, largeChanges);
        largeOpen = false;
        largeChanges = 0;
      }
    } catch (MirrorException.Invariant | MirrorException.Operator | MirrorException.Held e) {
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

  /**
   * Does what has to wait until the tables are of one moment; to be called before the first record.
   */
  void completeCopy() {
    if (!copied.isEmpty() && copied.isOverAt(session.progress().position())) {
      session.completeCopy();
      copied.forget();
    }
  }

  private void commit(Progress end, int transactions, long changes) {
    boolean releases = withheld != null && withheld.endsAt(end.offset());
    if (releases) {
      session.release();
    }
    session.commit(end);
    if (releases) {
      withheld = null;
    }
    completeCopy();
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
    if (e instanceof MirrorException.Held) {
      return e; // says all that itself
    }
    return e instanceof MirrorException.Invariant
        ? new MirrorException.Invariant(message, e.remedy(), e)
        : new MirrorException.Operator(message, e.remedy(), e);
  }

  /** What to do with a record of each kind. */
  private final class Acceptance implements Body.Handler<Void> {
    private final JournalRecord record;
    private final Progress end;
    private final Position commit;

    Acceptance(JournalRecord record, Progress end, Position commit) {
      this.record = record;
      this.end = end;
      this.commit = commit;
    }

    @Override
    public Void piece(Body.Piece piece) {
      if (piece.piece() > 0 || !piece.last()) {
        applyPiece(piece, missing(piece), record, end);
        return null;
      }
      discardLarge();
      boolean alone = piece.changes().stream().anyMatch(Change.SchemaChange.class::isInstance);
      if (alone) {
        flush();
      }
      grouping.add(new Group.Transaction(piece.sourceTransaction(), missing(piece), end));
      if (alone || grouping.full()) {
        flush();
      }
      return null;
    }

    private List<Change> missing(Body.Piece piece) {
      List<Change> missing = copied.missing(piece.changes(), commit);
      return withheld == null ? missing : withheld.others(missing);
    }

    @Override
    public Void heartbeat(Body.Heartbeat heartbeat) {
      return moved();
    }

    @Override
    public Void marker(Body.Marker marker) {
      if (marker.name().equals(Body.Marker.BEGIN) && !copied.isEmpty()) {
        // Positions of one source say nothing of another one's log.
        throw new MirrorException.Operator(
            "the source changed in epoch "
                + record.epoch()
                + " before this standby's tables were of one moment",
            "copy it anew: understudy init --again");
      }
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
