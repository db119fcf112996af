package io.understudy.app.rejoin;

import io.understudy.app.config.MirrorConfig;
import io.understudy.app.run.Databases;
import io.understudy.app.run.Formers;
import io.understudy.applier.Gate;
import io.understudy.applier.Mandate;
import io.understudy.applier.Return;
import io.understudy.applier.Standby;
import io.understudy.connectors.LogChange;
import io.understudy.connectors.Source;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Position;
import io.understudy.journal.RowKey;
import io.understudy.journal.kafka.FactChanges;
import io.understudy.journal.kafka.FormerFact;
import io.understudy.journal.kafka.Journal;
import io.understudy.journal.kafka.MirrorFacts;
import io.understudy.journal.kafka.StateControl;
import io.understudy.journal.kafka.StateStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Takes a former source back as a standby, without a copy: finds what it alone holds, reports it,
 * and undoes it. Killed anywhere, it is simply run again.
 */
public final class Rejoin {
  private static final Duration SESSIONS_LIMIT = Duration.ofSeconds(10);

  /** A run of this mirror may see to what an interrupted rejoin left, just now. */
  private static final int MOST_LOOKS = 3;

  private final MirrorConfig config;
  private final Journal journal;
  private final Path file;
  private final Consumer<String> say;
  private final Supplier<Instant> clock;

  /**
   * @param file for the report, if there is something to report
   * @param say told each step, for people
   */
  public Rejoin(
      MirrorConfig config,
      Journal journal,
      Path file,
      Consumer<String> say,
      Supplier<Instant> clock) {
    this.config = config;
    this.journal = journal;
    this.file = file;
    this.say = say;
    this.clock = clock;
  }

  /** Writes the report of what {@code database} alone holds, if it does. Changes nothing. */
  public Outcome export(DatabaseName database) throws InterruptedException {
    StateStore.Facts known = known();
    MirrorFacts facts = Candidates.requireAtRest(config.mirror(), known, database);
    FormerFact former = Candidates.require(known, facts, database);
    try (Source old = Databases.source(config, database);
        Standby standby = Databases.standby(config, database)) {
      if (Candidates.reached(database, () -> follows(standby, former, facts))) {
        throw new MirrorException.Operator(
            database + " is a standby already, after a rejoin that was interrupted",
            "start understudy run, or complete it: understudy rejoin " + database);
      }
      Found found = find(facts, former, old);
      return new Outcome(database, Optional.of(found.report()), Optional.of(file), false);
    }
  }

  /**
   * Undoes what {@code database} alone holds, once it is reported, and has it follow.
   *
   * @throws MirrorException.Refused if that cannot be told, or not be undone; nothing was changed
   */
  public Outcome run(DatabaseName database) throws InterruptedException {
    for (int look = 0; look < MOST_LOOKS; look++) {
      Optional<Outcome> outcome = runOnce(database);
      if (outcome.isPresent()) {
        return outcome.get();
      }
    }
    throw new MirrorException.Superseded("other processes change the mirror over and over");
  }

  /** Empty, with nothing done, if another process changed the mirror meanwhile. */
  private Optional<Outcome> runOnce(DatabaseName database) throws InterruptedException {
    StateStore.Facts known = known();
    MirrorFacts facts = Candidates.requireAtRest(config.mirror(), known, database);
    Optional<RejoinRecord> begun = RejoinRecord.underWay(known, database, clock);
    if (Formers.find(known, database).isEmpty() && begun.isPresent()) {
      return Optional.of(complete(facts, begun.get(), database));
    }
    FormerFact former = Candidates.require(known, facts, database);
    try (Source old = Databases.source(config, database);
        Standby standby = Databases.standby(config, database)) {
      Gate gate = standby.gate().orElseThrow(Candidates::notOnThisEngine);
      boolean follows = Candidates.reached(database, () -> follows(standby, former, facts));
      try (StateControl control = journal.control()) {
        if (!isUnchanged(known)) {
          return Optional.empty();
        }
        RejoinRecord record =
            begun.orElseGet(() -> RejoinRecord.begin(known, facts, database, clock));
        Outcome outcome =
            follows
                ? new Outcome(database, Optional.empty(), Optional.empty(), true)
                : comeBack(facts, former, old, gate, record, control);
        Instant began = clock.get();
        Formers.forget(old);
        control.write(
            new FactChanges()
                .removeFormer(database)
                .put(
                    record.over(
                        facts,
                        began,
                        "its log is not kept any more",
                        database + " follows " + facts.source())));
        return Optional.of(outcome);
      }
    }
  }

  private static boolean follows(Standby standby, FormerFact former, MirrorFacts facts) {
    return Formers.follows(standby, former, facts.journalTopicId());
  }

  private boolean isUnchanged(StateStore.Facts known) {
    StateStore.Facts now = known();
    return now.mirror().equals(known.mirror()) && now.formers().equals(known.formers());
  }

  /** A run of this mirror has seen to the rest; only the record of it lacks its end. */
  private Outcome complete(MirrorFacts facts, RejoinRecord record, DatabaseName database) {
    try (StateControl control = journal.control()) {
      control.write(
          new FactChanges()
              .put(
                  record.over(
                      facts,
                      clock.get(),
                      "was done already",
                      database + " follows " + facts.source())));
    }
    return new Outcome(database, Optional.empty(), Optional.empty(), true);
  }

  private Outcome comeBack(
      MirrorFacts facts,
      FormerFact former,
      Source old,
      Gate gate,
      RejoinRecord record,
      StateControl control)
      throws InterruptedException {
    Instant began = clock.get();
    say.accept(gate.shut(new Mandate(former.epoch(), Integer.MAX_VALUE), SESSIONS_LIMIT));
    Found found = find(facts, former, old);
    String said = ReportText.summary(found.report()) + "; report: " + file.toAbsolutePath();
    control.write(new FactChanges().put(record.step(facts, began, said)));
    List<String> obstacles = found.report().obstacles();
    if (!obstacles.isEmpty()) {
      throw new MirrorException.Refused(
          "what "
              + former.database()
              + " alone holds cannot be undone row by row:\n  - "
              + String.join("\n  - ", obstacles),
          Candidates.ANEW + "; what it alone holds is in " + file);
    }
    Instant undoing = clock.get();
    LogChange log = log(old);
    gate.comeBack(found.plan(), () -> requireNothingSince(log, found.end(), former.database()));
    said = former.database() + " is behind transaction " + former.sequence() + ", as a standby";
    say.accept(said);
    control.write(new FactChanges().put(record.step(facts, undoing, said)));
    return new Outcome(former.database(), Optional.of(found.report()), Optional.of(file), true);
  }

  /**
   * @param end behind the last transaction found
   */
  private record Found(Return plan, Report report, Position end) {}

  private Found find(MirrorFacts facts, FormerFact former, Source old) throws InterruptedException {
    Candidates.requireJournal(journal, former);
    LogChange log = log(old);
    List<Extra> extras =
        Candidates.reached(former.database(), () -> Extra.behind(log, former.position()));
    if (extras.isEmpty()) {
      Return nothing =
          new Return(
              Formers.at(former, facts.journalTopicId()),
              List.of(),
              List.of(),
              List.of(),
              new Return.Until(former.sequence(), former.offset()));
      Report report = report(facts, former, former.sequence().value(), List.of(), List.of());
      return new Found(nothing, report, former.position());
    }
    Undo undo = new Undo(extras);
    NewSource now;
    try (Source source = Databases.source(config, facts.source())) {
      now = NewSource.look(journal, facts, former, source, undo);
    }
    List<String> obstacles =
        Stream.concat(undo.obstacles().stream(), now.obstacles().stream()).distinct().toList();
    long asOf = now.until().sequence().value();
    Report report = report(facts, former, asOf, Report.lines(extras, now), obstacles);
    return new Found(
        plan(facts, former, undo, now), report, extras.get(extras.size() - 1).position());
  }

  private Report report(
      MirrorFacts facts,
      FormerFact former,
      long asOf,
      List<Report.Transaction> transactions,
      List<String> obstacles) {
    Report report =
        new Report(
            config.mirror(), former, facts.source(), asOf, clock.get(), transactions, obstacles);
    ReportFiles.write(file, report);
    return report;
  }

  private static Return plan(MirrorFacts facts, FormerFact former, Undo undo, NewSource now) {
    List<Return.Touched> rows =
        now.keys().stream()
            .sorted(Comparator.comparing(RowKey::table))
            .map(key -> new Return.Touched(undo.table(key.table()), key))
            .toList();
    return new Return(
        Formers.at(former, facts.journalTopicId()),
        undo.opposites(),
        rows,
        List.copyOf(now.rows().values()),
        now.until());
  }

  /** Whoever insists can write to a database that others only read. */
  private static void requireNothingSince(LogChange log, Position end, DatabaseName database) {
    try {
      if (!Extra.behind(log, end).isEmpty()) {
        throw new MirrorException.Refused(
            "somebody wrote to " + database + " while it was looked through",
            "find out who writes there in spite of default_transaction_read_only, and rejoin again");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MirrorException.Transient("stopped while looking through the log", e);
    }
  }

  private static LogChange log(Source old) {
    return old.logChange().orElseThrow(Candidates::notOnThisEngine);
  }

  private StateStore.Facts known() {
    try (StateStore store = journal.state()) {
      return store.read();
    }
  }
}
