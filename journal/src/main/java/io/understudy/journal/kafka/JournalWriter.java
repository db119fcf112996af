package io.understudy.journal.kafka;

import io.understudy.journal.Body;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.Epoch;
import io.understudy.journal.JournalEntry;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Position;
import io.understudy.journal.Sequence;
import java.time.Instant;
import java.util.Optional;

/**
 * The one writer of a journal. Owned by one thread. After any exception only {@link #close}, {@link
 * #term} and {@link #takeOverAgain} may be called: whether the last records are in the journal, its
 * tail tells, and taking over again reads it.
 *
 * <p>Every method may throw
 *
 * <ul>
 *   <li>{@link MirrorException.Transient} when the outcome is not known or the brokers are away:
 *       {@link #takeOverAgain}
 *   <li>{@link MirrorException.Superseded} when another writer has claimed the journal, or its
 *       epoch is sealed
 *   <li>{@link MirrorException.Operator} when somebody has to change something first
 *   <li>{@link MirrorException.Invariant} when the record does not follow from the one before it
 * </ul>
 */
public final class JournalWriter implements AutoCloseable {
  JournalWriter() {}

  /** The journal's last record when this writer took over; empty if there was none. */
  public Optional<JournalEntry> tail() {
    return Stub.soon();
  }

  /** The term of this writer's records. */
  public long term() {
    return Stub.soon();
  }

  /**
   * Writes the first record of an empty journal, or of a new epoch behind a seal, and commits it:
   * the marker {@code begin}. Claims the journal.
   *
   * @param position what the initial copy shows, or where the new source begins
   */
  public JournalEntry first(Epoch epoch, Position position, Instant commitTime) {
    return Stub.soon();
  }

  /**
   * Begins a new term, with a heartbeat that repeats the tail, and commits it. From here on the
   * former holder knows that it was superseded.
   *
   * @throws MirrorException.Superseded if {@code epoch} is sealed or over
   * @throws MirrorException.Operator if the journal is empty
   */
  public JournalEntry claim(Epoch epoch) {
    return Stub.soon();
  }

  /**
   * Adds a record to the open Kafka transaction, beginning one if there is none. It is durable, and
   * visible to readers, only after {@link #commit}. May wait for records before it to be sent.
   *
   * @param sequence of the piece's transaction; for other kinds that of the last complete one
   * @param position see {@link io.understudy.journal.JournalRecord#position}
   */
  public void append(Sequence sequence, Position position, Instant commitTime, Body body) {
    Stub.soon();
  }

  /**
   * Makes everything appended so far durable, all of it or nothing.
   *
   * @return the journal's last record, which is the last one appended
   */
  public JournalEntry commit() {
    return Stub.soon();
  }

  /**
   * Ends the tail's epoch and commits that: a record with the tail's last complete sequence and
   * position. Works with or without {@link #claim}. Nothing can be appended after it but {@link
   * #first} of the next epoch.
   */
  public JournalEntry seal(DatabaseName successor) {
    return Stub.soon();
  }

  /**
   * Closes this writer and takes the journal over once more, for the same holder. May be called
   * again if it throws a transient error.
   *
   * @throws MirrorException.Superseded if another writer has claimed or sealed the journal since
   *     this one took it over; the journal is left to that one
   */
  public JournalWriter takeOverAgain() {
    return Stub.soon();
  }

  /** Ends the writer within a bounded time; what was not committed is discarded. */
  @Override
  public void close() {
    Stub.soon();
  }
}
