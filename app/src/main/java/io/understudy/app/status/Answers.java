package io.understudy.app.status;

import io.understudy.app.status.StatusReport.Answer;
import io.understudy.app.status.StatusReport.ReaderStatus;
import io.understudy.app.status.StatusReport.StandbyStatus;
import io.understudy.applier.Progress;
import io.understudy.connectors.LogEnd;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.Epoch;
import io.understudy.journal.JournalEntry;
import io.understudy.journal.JournalRecord;
import io.understudy.journal.MirrorName;
import io.understudy.journal.Position;
import io.understudy.journal.kafka.FormerFact;
import io.understudy.journal.kafka.MirrorFacts;
import io.understudy.journal.kafka.RoleReport;
import io.understudy.journal.kafka.StateStore;
import io.understudy.journal.kafka.VerificationFact;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What everybody answered in one round, and what follows from it. Pure: no clock, no I/O. Where
 * something is not known the report says so; where it is known only roughly, lag is what it may be
 * at most.
 *
 * @param source the database that was asked for the end of its log
 * @param progress of every other database
 */
record Answers(
    MirrorName mirror,
    List<DatabaseName> databases,
    DatabaseName source,
    Outcome<StateStore.Facts> facts,
    Outcome<Optional<JournalEntry>> tail,
    Outcome<LogEnd> logEnd,
    Map<DatabaseName, Outcome<Optional<Progress>>> progress) {
  /** A role that has said nothing for this long is taken for dead. */
  static final Duration SILENCE = Duration.ofSeconds(15);

  private static final Duration LONG_GONE = Duration.ofMinutes(10);

  private static final String DOWN = "DOWN";
  private static final String UNKNOWN = "UNKNOWN";

  /** How far the source's clock is before this machine's, at most; empty if it did not answer. */
  Optional<Duration> skew() {
    return logEnd.value().map(end -> Duration.between(logEnd.asked(), end.now()));
  }

  /**
   * @param now by this machine's clock
   * @param skew how far the source's clock is before it
   */
  StatusReport report(Instant now, Duration skew) {
    Optional<MirrorFacts> known = facts.value().flatMap(StateStore.Facts::mirror);
    Map<DatabaseName, StandbyStatus> standbys = new LinkedHashMap<>();
    databases.stream()
        .filter(progress::containsKey)
        .forEach(
            name ->
                standbys.put(name, standby(name, now, skew).withVerified(verified(name, known))));
    return new StatusReport(
        mirror,
        now,
        known.map(MirrorFacts::epoch),
        known.map(MirrorFacts::source),
        state(known),
        journalAnswer(),
        reader(now, skew),
        standbys,
        controllers(now));
  }

  /** There is one of each process, so those that are long gone are left out. */
  private List<StatusReport.ControllerStatus> controllers(Instant now) {
    return facts.value().map(StateStore.Facts::roles).orElse(List.of()).stream()
        .filter(report -> report.role().startsWith(RoleReport.CONTROLLER))
        .filter(report -> report.at().isAfter(now.minus(LONG_GONE)))
        .map(
            report -> {
              RoleState role = role(report.role(), now);
              return StatusReport.ControllerStatus.of(
                  report.process(), role.state(), role.detail());
            })
        .toList();
  }

  private String state(Optional<MirrorFacts> known) {
    if (facts.value().isEmpty()) {
      return UNKNOWN;
    }
    return known.map(it -> it.state().name()).orElse("NOT_INITIALIZED");
  }

  private Answer journalAnswer() {
    boolean made = facts.value().flatMap(StateStore.Facts::mirror).isPresent();
    return made ? tail.answer() : facts.answer();
  }

  private ReaderStatus reader(Instant now, Duration skew) {
    RoleState role = role(RoleReport.READER, now);
    Optional<JournalRecord> last = lastRecord();
    Lag lag =
        last.map(
                record ->
                    new Lag(
                        Optional.of(since(record.commitTime(), tail.came(), skew)),
                        OptionalLong.empty(),
                        bytes(logEnd.value().map(LogEnd::position), record)))
            .orElse(Lag.UNKNOWN);
    return new ReaderStatus(
        role.state(), role.detail(), last.map(Answers::mark), logEnd.answer(), logEnd.value(), lag);
  }

  /** One from before the mirror was made anew says nothing of it. */
  private Optional<VerificationFact> verified(DatabaseName name, Optional<MirrorFacts> known) {
    return facts.value().map(StateStore.Facts::verified).orElse(List.of()).stream()
        .filter(fact -> fact.standby().equals(name))
        .filter(fact -> known.map(MirrorFacts::since).map(fact.at()::isAfter).orElse(false))
        .findFirst();
  }

  private StandbyStatus standby(DatabaseName name, Instant now, Duration skew) {
    Optional<StandbyStatus> fenced = fenced(name);
    if (fenced.isPresent()) {
      return fenced.get();
    }
    Outcome<Optional<Progress>> answer = progress.get(name);
    if (answer.value().isEmpty()) {
      return new StandbyStatus(
          answer.answer().state().name(), answer.answer().detail(), Optional.empty(), Lag.UNKNOWN);
    }
    if (answer.value().get().isEmpty()) {
      return new StandbyStatus(
          "NOT_INITIALIZED",
          "holds no complete copy (understudy init)",
          Optional.empty(),
          Lag.UNKNOWN);
    }
    Progress applied = answer.value().get().get();
    if (!sameJournal(applied)) {
      return new StandbyStatus(
          "NOT_INITIALIZED",
          "holds a copy of epoch " + applied.epoch() + " (understudy init --again)",
          Optional.empty(),
          Lag.UNKNOWN);
    }
    RoleState role = role(RoleReport.applier(name), now);
    return new StandbyStatus(
        role.state(),
        role.detail(),
        Optional.of(new Mark(applied.sequence(), applied.position(), applied.commitTime())),
        lag(applied, answer.came(), skew));
  }

  /** One made before the mirror was made anew counts in another topic. */
  private boolean sameJournal(Progress applied) {
    return facts
        .value()
        .flatMap(StateStore.Facts::mirror)
        .map(it -> it.journalTopicId().equals(applied.topicId()))
        .orElse(true);
  }

  /** What is owed to a database that was the source, and follows nobody; empty for others. */
  private Optional<StandbyStatus> fenced(DatabaseName name) {
    return facts.value().map(StateStore.Facts::formers).orElse(List.of()).stream()
        .filter(it -> it.database().equals(name) && it.way() == FormerFact.Way.FENCE)
        .findFirst()
        .map(
            it ->
                new StandbyStatus(
                    it.shutAt().isPresent() ? "FENCED" : "FENCING_OWED",
                    "was the source until "
                        + it.since()
                        + " and may hold what no other database has; "
                        + it.shutAt()
                            .map(at -> "lets others only read since " + at)
                            .orElse(
                                "nobody has reached it since to make it read-only, understudy run does"),
                    Optional.empty(),
                    Lag.UNKNOWN));
  }

  private Lag lag(Progress applied, Instant came, Duration skew) {
    Optional<JournalRecord> last = lastRecord();
    OptionalLong transactions =
        last.map(r -> OptionalLong.of(Math.max(0, r.complete().minus(applied.sequence()))))
            .orElse(OptionalLong.empty());
    return new Lag(
        Optional.of(since(applied.commitTime(), came, skew)),
        transactions,
        bytesBehind(applied, last));
  }

  /** Up to the source's log end; if that is not known, up to the journal's. */
  private OptionalLong bytesBehind(Progress applied, Optional<JournalRecord> last) {
    Optional<Position> end =
        logEnd.value().map(LogEnd::position).or(() -> last.map(JournalRecord::position));
    boolean sameLog =
        epoch().map(applied.epoch()::equals).orElse(true)
            && last.map(r -> r.epoch().equals(applied.epoch())).orElse(true);
    return sameLog ? distance(end, applied.position()) : OptionalLong.empty();
  }

  private OptionalLong bytes(Optional<Position> end, JournalRecord last) {
    boolean sameLog = epoch().map(last.epoch()::equals).orElse(true);
    return sameLog ? distance(end, last.position()) : OptionalLong.empty();
  }

  private static OptionalLong distance(Optional<Position> end, Position from) {
    return end.filter(position -> position.kind().equals(from.kind()))
        .map(position -> position.bytesSince(from))
        .orElse(OptionalLong.empty());
  }

  /** Never negative: clocks that differ by more than was measured do not make time run back. */
  private static Duration since(Instant commitTime, Instant came, Duration skew) {
    Duration lag = Duration.between(commitTime, came.plus(skew));
    return lag.isNegative() ? Duration.ZERO : lag;
  }

  private Optional<Epoch> epoch() {
    return facts.value().flatMap(StateStore.Facts::mirror).map(MirrorFacts::epoch);
  }

  private Optional<JournalRecord> lastRecord() {
    return tail.value().flatMap(found -> found).map(JournalEntry::record);
  }

  private static Mark mark(JournalRecord record) {
    return new Mark(record.complete(), record.position(), record.commitTime());
  }

  /** What a role says of itself, as long as that can be believed. */
  private RoleState role(String name, Instant now) {
    if (facts.value().isEmpty()) {
      return new RoleState(UNKNOWN, "");
    }
    return facts.value().get().roles().stream()
        .filter(report -> report.role().equals(name) && !report.at().isBefore(begun()))
        .findFirst()
        .map(report -> RoleState.of(report, now))
        .orElse(new RoleState(DOWN, "has not run yet"));
  }

  /** Since when the mirror is what it is: what roles said before was of another one. */
  private Instant begun() {
    return facts
        .value()
        .flatMap(StateStore.Facts::mirror)
        .map(MirrorFacts::since)
        .orElse(Instant.MIN);
  }

  private record RoleState(String state, String detail) {
    static RoleState of(RoleReport report, Instant now) {
      Duration silent = Duration.between(report.at(), now);
      boolean ended = report.state().equals("STOPPED") || report.state().equals("FAILED");
      if (ended || silent.compareTo(SILENCE) <= 0) {
        return new RoleState(report.state(), report.detail());
      }
      return new RoleState(DOWN, "silent for " + silent.toSeconds() + " s; was " + report.state());
    }
  }
}
