package io.understudy.applier;

import io.understudy.journal.Change;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Position;
import io.understudy.journal.TableName;
import io.understudy.journal.VerificationId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The one session that may write to a standby. Owned by one thread. The first {@link #apply} after
 * a commit or rollback opens a standby transaction; everything until {@link #commit} is in it.
 */
public interface StandbySession extends AutoCloseable {

  /**
   * Where the standby stands; read when the role was taken over, or by the last {@link #commit}.
   */
  Progress progress();

  /**
   * Tables that hold all their rows as they were at a position, which may lie behind {@link
   * #progress()}: they were copied later than the journal begins.
   */
  default Map<TableName, Position> copied() {
    return Map.of();
  }

  /** The position up to which the schema has all its changes; empty if it is that of progress. */
  default Optional<Position> schemaAt() {
    return Optional.empty();
  }

  /**
   * Completes what could not be made before all tables were of one moment; to be called once {@link
   * #progress()} is no longer behind any of {@link #copied()}, with no transaction open.
   */
  default void completeCopy() {}

  /** Rows that are not there until a later point of the journal, and not to be changed before. */
  default Optional<Withheld> withheld() {
    return Optional.empty();
  }

  /** Puts the withheld rows in, in the open transaction, and withholds no more. */
  default void release() {
    throw new IllegalStateException("this engine withholds no rows");
  }

  /**
   * Runs changes in an order that gives the same result as theirs, and checks the row count of
   * every statement.
   *
   * @throws MirrorException.Invariant if a row is missing or is there already; the message names
   *     table and key columns and never a value
   */
  void apply(List<Change> changes);

  /**
   * Moves the progress row from {@link #progress()} to {@code next} in the open transaction and
   * commits it.
   *
   * @throws MirrorException.Superseded if the row is no longer this session's; nothing was
   *     committed
   * @throws MirrorException.Transient if the outcome is not known; the progress row tells
   */
  void commit(Progress next);

  /**
   * Puts right what a verifier has {@link Rendezvous.Seat#layOut laid out}, in one standby
   * transaction that moves nothing and is this session's to make, and tells it. No transaction may
   * be open.
   *
   * @throws MirrorException.Superseded if the standby is no longer this session's; nothing was
   *     changed
   */
  default void repair(VerificationId id) {
    throw new IllegalStateException("verification " + id + " cannot repair on this engine");
  }

  /** Undoes what was applied since the last {@link #commit}. */
  void rollback();

  @Override
  void close();
}
