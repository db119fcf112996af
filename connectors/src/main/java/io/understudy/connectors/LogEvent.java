package io.understudy.connectors;

import io.understudy.journal.Change;
import io.understudy.journal.Position;
import java.time.Instant;

/**
 * One thing read from a source's log. Events come in the order of the log's commits: {@link Begin},
 * any number of {@link Changed}, {@link Commit}, rarely {@link Abandoned}, and then the next
 * transaction. A transaction that changed nothing of the mirror may come as {@link Begin}, {@link
 * Commit}: the source's heartbeat does.
 */
public sealed interface LogEvent {

  /**
   * @param transaction the source's own id, for people
   */
  record Begin(String transaction) implements LogEvent {}

  record Changed(Change change) implements LogEvent {}

  /**
   * A named point that Understudy itself wrote into the log; it belongs behind the transaction that
   * carries it.
   */
  record Marked(String name) implements LogEvent {}

  /**
   * In place of {@link Commit}: the source crashed in the middle of writing the transaction to its
   * log, and forgot it.
   */
  record Abandoned() implements LogEvent {}

  /**
   * @param commitTime by the source's clock
   */
  record Commit(Position position, Instant commitTime) implements LogEvent {}
}
