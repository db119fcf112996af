package io.understudy.journal.kafka;

import io.understudy.journal.Body;
import io.understudy.journal.Change;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.Epoch;
import io.understudy.journal.JournalEntry;
import io.understudy.journal.JournalRecord;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import io.understudy.journal.Position;
import io.understudy.journal.Sequence;
import io.understudy.journal.codec.EncodedRecord;
import io.understudy.journal.codec.RecordCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
  private static final Logger LOG = LoggerFactory.getLogger(JournalWriter.class);
  private static final Duration LOOK = Duration.ofMillis(200);

  /** What a writer may do: nothing yet but claim; append; nothing but begin an epoch; nothing. */
  private enum State {
    TAKEN_OVER,
    CLAIMED,
    SEALED,
    BROKEN,
    CLOSED
  }

  private final MirrorName mirror;
  private final JournalLog log;
  private final JournalLog.Holding holding;
  private final Duration claimWait;
  private final RecordCodec codec = new RecordCodec();
  private final Optional<JournalEntry> tail;
  private final UUID claim = UUID.randomUUID();
  private final long formerTerm;
  private final Continuity continuity;
  private State state = State.TAKEN_OVER;
  private JournalEntry committed;
  private boolean open;

  private JournalWriter(
      MirrorName mirror, JournalLog log, JournalLog.Holding holding, Tail tail, Duration wait) {
    this.mirror = mirror;
    this.log = log;
    this.holding = holding;
    this.claimWait = wait;
    this.tail = tail.entry();
    this.formerTerm = tail.term();
    this.committed = tail.entry().orElse(null);
    this.continuity =
        tail.entry()
            .map(entry -> Continuity.behind(entry.record()))
            .orElse(Continuity.between(mirror));
  }

  /**
   * @param former how the holder stood before, if it held the journal already
   * @param claimWait how long a fenced writer waits for its successor to show itself
   */
  static JournalWriter takeOver(
      MirrorName mirror, JournalLog log, Optional<Standing> former, Duration claimWait) {
    // Looks before it leaps: a holder that was superseded must not take the role back.
    former.ifPresent(standing -> standing.requireNotSupersededBy(log.tail(), mirror));
    JournalLog.Holding holding = log.takeOver();
    try {
      Tail tail = log.settledTail();
      former.ifPresent(standing -> standing.requireNotSupersededBy(tail, mirror));
      LOG.info(
          "journal of mirror {}: taken over at offset {}, term {}",
          mirror,
          tail.entry().map(JournalEntry::offset).orElse(-1L),
          tail.term());
      return new JournalWriter(mirror, log, holding, tail, claimWait);
    } catch (RuntimeException e) {
      holding.drop();
      throw e;
    }
  }

  /**
   * The journal's last record when this writer took over, without its changes; empty if there was
   * none.
   */
  public Optional<JournalEntry> tail() {
    return tail;
  }

  /** The term of this writer's records. */
  public long term() {
    return formerTerm + 1;
  }

  /**
   * Writes the first record of an empty journal, or of a new epoch behind a seal, and commits it:
   * the marker {@code begin}. Claims the journal.
   *
   * @param position what the initial copy shows, or where the new source begins
   */
  public JournalEntry first(Epoch epoch, Position position, Instant commitTime) {
    JournalRecord last = continuity.last();
    if (last != null && !(last.body() instanceof Body.Seal)) {
      throw broken(
          new MirrorException.Operator(
              "the journal of mirror " + mirror + " is not empty: it ends with " + tailText(),
              "delete topic " + mirror.journalTopic() + " if the mirror is to be made anew"));
    }
    if (state != State.SEALED) {
      require(State.TAKEN_OVER, "begin a journal");
    }
    Sequence sequence = last == null ? Sequence.ZERO : last.complete();
    send(epoch, sequence, position, commitTime, new Body.Marker(Body.Marker.BEGIN), true);
    return conclude(State.CLAIMED);
  }

  /**
   * Begins a new term, with a heartbeat that repeats the tail, and commits it. From here on the
   * former holder knows that it was superseded.
   *
   * @throws MirrorException.Superseded if {@code epoch} is sealed or over
   * @throws MirrorException.Operator if the journal is empty
   */
  public JournalEntry claim(Epoch epoch) {
    require(State.TAKEN_OVER, "claim the journal");
    JournalRecord last = tailRecord();
    if (epoch.compareTo(last.epoch()) < 0
        || (epoch.equals(last.epoch()) && last.body() instanceof Body.Seal)) {
      throw broken(
          new MirrorException.Superseded(
              "epoch "
                  + epoch
                  + " of mirror "
                  + mirror
                  + " is over: the journal ends with "
                  + tailText()));
    }
    send(epoch, last.complete(), last.position(), last.commitTime(), new Body.Heartbeat(), true);
    return conclude(State.CLAIMED);
  }

  /**
   * Adds a record to the open Kafka transaction, beginning one if there is none. It is durable only
   * after {@link #commit}, and shows to readers soon after that. May wait for records before it to
   * be sent.
   *
   * @param sequence of the piece's transaction; for other kinds that of the last complete one
   * @param position see {@link JournalRecord#position}
   */
  public void append(Sequence sequence, Position position, Instant commitTime, Body body) {
    require(State.CLAIMED, "append");
    send(continuity.last().epoch(), sequence, position, commitTime, body, false);
  }

  /**
   * Makes everything appended so far durable, all of it or nothing.
   *
   * @return the journal's last record, which is the last one appended, without its changes
   */
  public JournalEntry commit() {
    require(State.CLAIMED, "commit");
    return open ? conclude(State.CLAIMED) : committed;
  }

  /**
   * Ends the tail's epoch and commits that: a record with the tail's last complete sequence and
   * position. Works with or without {@link #claim}. Nothing can be appended after it but {@link
   * #first} of the next epoch, by this writer or one that takes over. A seal for the same successor
   * that is there already is left as it is, and returned.
   *
   * @throws MirrorException.Operator if the epoch is sealed for another successor
   */
  public JournalEntry seal(DatabaseName successor) {
    if (state != State.CLAIMED) {
      require(State.TAKEN_OVER, "seal the journal");
    }
    JournalRecord last = continuity.last() != null ? continuity.last() : tailRecord();
    if (last.body() instanceof Body.Seal seal) {
      if (!seal.successor().equals(successor)) {
        throw broken(
            new MirrorException.Operator(
                "epoch "
                    + last.epoch()
                    + " of mirror "
                    + mirror
                    + " is sealed for "
                    + seal.successor()
                    + ", not for "
                    + successor,
                "promote " + seal.successor()));
      }
      become(State.SEALED);
      return committed;
    }
    send(
        last.epoch(),
        last.complete(),
        last.position(),
        last.commitTime(),
        new Body.Seal(successor),
        true);
    return conclude(State.SEALED);
  }

  /**
   * Closes this writer and takes the journal over once more, for the same holder. May be called
   * again if it throws a transient error.
   *
   * @throws MirrorException.Superseded if another writer has claimed or sealed the journal since
   *     this one took it over; the journal is left to that one
   */
  public JournalWriter takeOverAgain() {
    close();
    return takeOver(mirror, log, Optional.of(standing()), claimWait);
  }

  /** Ends the writer within a bounded time; what was not committed is discarded. */
  @Override
  public void close() {
    if (state == State.BROKEN) {
      become(State.CLOSED);
    } else if (state != State.CLOSED) {
      become(State.CLOSED);
      holding.close();
    }
  }

  private void send(
      Epoch epoch,
      Sequence sequence,
      Position position,
      Instant commitTime,
      Body body,
      boolean marked) {
    JournalRecord record =
        new JournalRecord(mirror, epoch, term(), sequence, position, commitTime, body);
    try {
      continuity.accept(record, "the record to be written");
      EncodedRecord encoded = codec.inParts(record);
      requireSize(record, encoded.length());
      open = true;
      holding.append(encoded, marked ? Optional.of(claim) : Optional.empty());
    } catch (MirrorException e) {
      throw broken(e);
    } catch (JournalLog.Lost e) {
      throw broken(explained(e));
    }
  }

  private JournalEntry conclude(State next) {
    try {
      JournalLog.Appended appended = holding.commit();
      requireForward(appended.offset());
      open = false;
      committed = new JournalEntry(appended.offset(), appended.at(), continuity.last());
      become(next);
      return committed;
    } catch (MirrorException e) {
      throw broken(e);
    } catch (JournalLog.Lost e) {
      throw broken(explained(e));
    }
  }

  /** Who holds the journal now? Its tail says so as soon as the new holder has claimed it. */
  private MirrorException explained(JournalLog.Lost lost) {
    holding.drop();
    Deadline deadline = Deadline.in(claimWait);
    while (true) {
      try {
        standing().requireNotSupersededBy(log.tail(), mirror);
      } catch (MirrorException e) {
        return e;
      }
      if (deadline.passed()) {
        return new MirrorException.Transient(
            lost.getMessage() + ", but no other writer has claimed the journal", lost);
      }
      deadline.pause(LOOK, "looking for who took over the journal of mirror " + mirror);
    }
  }

  private Standing standing() {
    return new Standing(committed == null ? 0 : committed.record().term(), claim);
  }

  private void requireSize(JournalRecord record, long bytes) {
    if (bytes > holding.maxRecordBytes()) {
      throw new MirrorException.Operator(
          "transaction "
              + record.sequence()
              + " of mirror "
              + mirror
              + ", before position "
              + record.position()
              + largest(record.body())
              + ": a record of "
              + bytes
              + " bytes is needed, the journal takes "
              + holding.maxRecordBytes(),
          "leave the table out of the mirror (tables.exclude), or keep such values elsewhere");
    }
  }

  private static String largest(Body body) {
    if (body instanceof Body.Piece piece) {
      Optional<Change> change =
          piece.changes().stream().max(Comparator.comparingLong(Change::size));
      return change
          .flatMap(largest -> largest.relations().stream().findFirst())
          .map(relation -> ", table " + relation.table())
          .orElse("");
    }
    return "";
  }

  /** Another topic of the same name would begin at zero, a cut one further back. */
  private void requireForward(long offset) {
    if (committed != null && offset <= committed.offset()) {
      throw new MirrorException.Invariant(
          "topic "
              + mirror.journalTopic()
              + " went back: a record was written at offset "
              + offset
              + " behind one at offset "
              + committed.offset(),
          "the topic was deleted and made anew, or cut: restore it, or make the mirror anew: understudy init --again");
    }
  }

  private JournalRecord tailRecord() {
    return tail.map(JournalEntry::record)
        .orElseThrow(
            () ->
                broken(
                    new MirrorException.Operator(
                        "the journal of mirror " + mirror + " is empty",
                        "make the mirror anew: understudy init --again")));
  }

  private String tailText() {
    JournalRecord last = tailRecord();
    return "a "
        + last.body().getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT)
        + " of epoch "
        + last.epoch()
        + ", term "
        + last.term()
        + ", sequence "
        + last.sequence();
  }

  private void require(State expected, String operation) {
    if (state != expected) {
      throw new IllegalStateException("a writer that is " + state + " cannot " + operation);
    }
  }

  private <E extends MirrorException> E broken(E error) {
    if (state != State.BROKEN && state != State.CLOSED) {
      become(State.BROKEN);
      holding.drop();
    }
    return error;
  }

  private void become(State next) {
    if (state != next) {
      LOG.info(
          "journal of mirror {}: writer of term {} {} -> {} at offset {}",
          mirror,
          term(),
          state,
          next,
          committed == null ? -1 : committed.offset());
      state = next;
    }
  }
}
