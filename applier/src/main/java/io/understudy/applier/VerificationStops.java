package io.understudy.applier;

import io.understudy.journal.DatabaseName;
import io.understudy.journal.JournalEntry;
import io.understudy.journal.Position;
import io.understudy.journal.PositionFormat;
import io.understudy.journal.VerificationId;
import io.understudy.journal.VerificationMark;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out where a verifier wants the replay to stop for a moment. A call in the journal says that
 * a place follows, which lies before the mark that tells it: so the journal is read ahead, and the
 * applier waits, for a limited time and only while the verifier is really there. Owned by the
 * applier's thread.
 */
final class VerificationStops {
  private static final Logger log = LoggerFactory.getLogger(VerificationStops.class);

  /** How long an applier waits at most for one verifier. */
  static final Duration PATIENCE = Duration.ofSeconds(10);

  /** How many records are looked at for a place. */
  private static final int MOST_RECORDS = 1_000_000;

  private final DatabaseName database;
  private final Optional<Rendezvous> rendezvous;
  private final JournalFeed.Journal journal;
  private final ApplierLimits limits;
  private final BooleanSupplier stopping;
  private final List<Stop> ahead = new ArrayList<>();

  VerificationStops(
      DatabaseName database,
      Optional<Rendezvous> rendezvous,
      JournalFeed.Journal journal,
      ApplierLimits limits,
      BooleanSupplier stopping) {
    this.database = database;
    this.rendezvous = rendezvous;
    this.journal = journal;
    this.limits = limits;
    this.stopping = stopping;
  }

  /**
   * Where to stop.
   *
   * @param offset of the last record to apply before
   */
  record Stop(VerificationId id, VerificationMark.Purpose purpose, long offset) {}

  /** The stops that are due once the record at {@code entry} is applied. */
  List<Stop> due(JournalEntry entry, String topicId) throws InterruptedException {
    calledBy(entry, topicId).ifPresent(ahead::add);
    if (ahead.isEmpty()) {
      return List.of();
    }
    List<Stop> due = ahead.stream().filter(stop -> entry.offset() >= stop.offset()).toList();
    ahead.removeAll(due);
    return due;
  }

  /** The stop that the record at {@code entry} calls for, if it does. */
  private Optional<Stop> calledBy(JournalEntry entry, String topicId) throws InterruptedException {
    Optional<VerificationMark.Call> call =
        VerificationMark.of(entry.record().body())
            .filter(VerificationMark.Call.class::isInstance)
            .map(VerificationMark.Call.class::cast)
            .filter(mark -> mark.standby().equals(database));
    if (call.isEmpty() || rendezvous.isEmpty()) {
      return Optional.empty();
    }
    VerificationId id = call.get().id();
    if (!rendezvous.get().isAwaited(id)) {
      log.info("verification={} database={}: nobody waits for it any more", id, database);
      return Optional.empty();
    }
    return lookAhead(entry, topicId, id);
  }

  private Optional<Stop> lookAhead(JournalEntry call, String topicId, VerificationId id)
      throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    List<Commit> commits = new ArrayList<>();
    commits.add(new Commit(call.offset(), call.record().position()));
    try (JournalFeed feed = journal.openBehind(topicId, call.offset())) {
      while (!stopping.getAsBoolean()
          && System.nanoTime() < deadline
          && commits.size() < MOST_RECORDS
          && rendezvous.orElseThrow().isAwaited(id)) {
        for (JournalEntry entry : feed.poll(limits.pollTimeout())) {
          Optional<VerificationMark> mark =
              VerificationMark.of(entry.record().body()).filter(it -> it.id().equals(id));
          if (mark.isPresent()) {
            return place(mark.get(), commits);
          }
          if (entry.record().complete().equals(entry.record().sequence())) {
            commits.add(new Commit(entry.offset(), entry.record().position()));
          }
        }
      }
    }
    log.warn(
        "verification={} database={}: no place to meet was told within {}; going on",
        id,
        database,
        PATIENCE);
    return Optional.empty();
  }

  /** Behind the last commit that does not lie after the position told. */
  private Optional<Stop> place(VerificationMark mark, List<Commit> commits) {
    if (!(mark instanceof VerificationMark.Place place)) {
      return Optional.empty();
    }
    Position position = PositionFormat.parse(commits.get(0).position().kind(), place.position());
    long offset = commits.get(0).offset();
    for (Commit commit : commits) {
      if (commit.position().isAfter(position)) {
        break;
      }
      offset = commit.offset();
    }
    return Optional.of(new Stop(place.id(), place.purpose(), offset));
  }

  private record Commit(long offset, Position position) {}
}
