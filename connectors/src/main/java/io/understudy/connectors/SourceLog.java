package io.understudy.connectors;

import io.understudy.journal.MirrorException;
import io.understudy.journal.Position;
import java.time.Duration;
import java.util.List;

/**
 * A source's log, open for reading behind a position. Owned by one thread. It begins with the first
 * transaction that was committed after that position: an earlier one, if it were large, would be in
 * the journal in part before anybody could tell.
 */
public interface SourceLog extends AutoCloseable {

  /**
   * The next events, in order; empty if none came within {@code timeout}. The list is bounded in
   * count and bytes by the reader's limits.
   *
   * @throws MirrorException by its kind; after one, only {@link #close()} may be called
   */
  List<LogEvent> poll(Duration timeout) throws InterruptedException;

  /** Whether {@link #poll} has more at once; a log that cannot tell says no. */
  default boolean hasMore() {
    return false;
  }

  /**
   * Everything up to and including {@code durable}, the position of a {@link LogEvent.Commit}
   * handed out, is in the journal: the source need not keep it. Nothing else ever lets the source
   * forget.
   */
  void acknowledge(Position durable);

  /**
   * Everything up to and including {@code applied} is on the standby that the source waits for; for
   * a source whose clients ask for more than {@link #acknowledge}. A log that cannot tell its
   * server the two apart ignores it.
   */
  default void acknowledgeApplied(Position applied) {}

  /** Ends the stream within a bounded time; the source keeps all that was not acknowledged. */
  @Override
  void close();
}
