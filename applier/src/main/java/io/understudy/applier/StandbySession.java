package io.understudy.applier;

import io.understudy.journal.Change;
import io.understudy.journal.MirrorException;
import java.util.List;

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

  /** Undoes what was applied since the last {@link #commit}. */
  void rollback();

  @Override
  void close();
}
