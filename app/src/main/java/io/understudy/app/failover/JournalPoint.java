package io.understudy.app.failover;

import io.understudy.journal.Body;
import io.understudy.journal.JournalEntry;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Sequence;
import io.understudy.journal.kafka.Journal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** A transaction of the journal, named by its sequence or by a time. */
public record JournalPoint(Optional<Sequence> sequence, Optional<Instant> time) {

  /** Empty if the text is neither a number nor a time with its offset. */
  public static Optional<JournalPoint> parse(String text) {
    try {
      if (text.matches("[0-9]{1,18}")) {
        return Optional.of(
            new JournalPoint(Optional.of(new Sequence(Long.parseLong(text))), Optional.empty()));
      }
      return Optional.of(
          new JournalPoint(Optional.empty(), Optional.of(OffsetDateTime.parse(text).toInstant())));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /**
   * The last transaction before this point.
   *
   * @throws MirrorException.Refused if the journal does not reach back to it
   */
  public Sequence lastBefore(Journal journal) {
    if (sequence.isPresent()) {
      return new Sequence(Math.max(0, sequence.get().value() - 1));
    }
    AtomicReference<Sequence> last = new AtomicReference<>();
    JournalWalk.over(
        journal,
        entry -> {
          boolean at = isAt(entry);
          if (!at) {
            last.set(entry.record().complete());
          }
          return !at;
        });
    if (last.get() == null) {
      throw new MirrorException.Refused(
          "the journal does not reach back to " + time.orElseThrow(),
          "understudy journal lists its transactions");
    }
    return last.get();
  }

  private boolean isAt(JournalEntry entry) {
    return entry.record().body() instanceof Body.Piece piece
        && piece.last()
        && !entry.record().commitTime().isBefore(time.orElseThrow());
  }
}
