package io.understudy.journal.kafka;

import io.understudy.journal.DatabaseName;
import io.understudy.journal.Epoch;
import io.understudy.journal.Position;
import io.understudy.journal.Sequence;
import java.time.Instant;
import java.util.Optional;

/**
 * A database that was the source, and what is owed to it. The fact goes when nothing is.
 *
 * @param epoch that it ended as the source of
 * @param sequence of the journal's last transaction from it
 * @param position of its log up to which the journal has it
 * @param commitTime of the seal, by its clock
 * @param offset of the seal in the journal
 * @param since when it ceased to be the source
 * @param shutAt when it was found, and shut for writers; empty as long as that is owed
 */
public record FormerFact(
    DatabaseName database,
    Way way,
    Epoch epoch,
    Sequence sequence,
    Position position,
    Instant commitTime,
    long offset,
    Instant since,
    Optional<Instant> shutAt) {

  /** What becomes of it. */
  public enum Way {
    /** It holds exactly what the journal holds up to the seal, and becomes a standby. */
    RETURN,
    /** It may hold more than the journal: nobody may write to it, and it follows nobody. */
    FENCE
  }

  /** Whether both are about the same end of the same reign. */
  public boolean isSame(FormerFact other) {
    return database.equals(other.database) && epoch.equals(other.epoch) && offset == other.offset;
  }

  public FormerFact shut(Instant now) {
    return new FormerFact(
        database, way, epoch, sequence, position, commitTime, offset, since, Optional.of(now));
  }

  /** The same database, of which it turned out that it holds more than the journal. */
  public FormerFact fenced() {
    return new FormerFact(
        database, Way.FENCE, epoch, sequence, position, commitTime, offset, since, shutAt);
  }
}
