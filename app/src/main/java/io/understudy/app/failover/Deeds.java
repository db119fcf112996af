package io.understudy.app.failover;

import io.understudy.app.run.JournalFeeds;
import io.understudy.app.run.ProcessName;
import io.understudy.applier.Applier;
import io.understudy.applier.ApplierLimits;
import io.understudy.applier.Mandate;
import io.understudy.applier.Progress;
import io.understudy.connectors.LogChange;
import io.understudy.connectors.LogEnd;
import io.understudy.connectors.SourceIdentity;
import io.understudy.failover.Action;
import io.understudy.failover.Actions;
import io.understudy.failover.Condition;
import io.understudy.journal.Body;
import io.understudy.journal.JournalEntry;
import io.understudy.journal.JournalRecord;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import io.understudy.journal.Position;
import io.understudy.journal.Sequence;
import io.understudy.journal.kafka.FactChanges;
import io.understudy.journal.kafka.FormerFact;
import io.understudy.journal.kafka.Journal;
import io.understudy.journal.kafka.JournalWriter;
import io.understudy.journal.kafka.MirrorFacts;
import io.understudy.journal.kafka.MirrorFacts.State;
import io.understudy.journal.kafka.OperationFact;
import io.understudy.journal.kafka.StateControl;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Does what the states of a change ask for, on the journal and the two databases. Owned by one
 * thread. It may die anywhere: whoever repeats an action finds out what was done already.
 */
final class Deeds implements Actions, AutoCloseable {
  /** How long a running applier is waited for before its role is taken over. */
  private static final Duration APPLIER_PATIENCE = Duration.ofSeconds(1);

  /** How often the journal is taken over again if a reader that came back took it. */
  private static final int MOST_TRIES = 3;

  private final MirrorName mirror;
  private final Journal journal;
  private final StateControl control;
  private final Ends ends;
  private final OperationFact operation;
  private final Mandate mandate;
  private final Limits limits;
  private final Consumer<String> say;
  private final Supplier<Instant> clock;
  private Optional<JournalWriter> writer = Optional.empty();
  private Optional<JournalEntry> seal = Optional.empty();
  private Optional<Barrier> barrier = Optional.empty();
  private Optional<Duration> pause = Optional.empty();
  private Instant shutSince;
  private int lostJournal;

  Deeds(
      MirrorName mirror,
      Journal journal,
      StateControl control,
      Ends ends,
      OperationFact operation,
      Limits limits,
      Consumer<String> say,
      Supplier<Instant> clock) {
    this.mirror = mirror;
    this.journal = journal;
    this.control = control;
    this.ends = ends;
    this.operation = operation;
    this.mandate = new Mandate(operation.epoch(), operation.attempt());
    this.limits = limits;
    this.say = say;
    this.clock = clock;
    this.shutSince =
        operation.steps().stream()
            .filter(step -> step.state() == State.CLOSING)
            .map(OperationFact.Step::at)
            .findFirst()
            .orElse(null);
  }

  /** How long nobody could write; empty if nothing was shut, or nothing was opened yet. */
  Optional<Duration> pause() {
    return pause;
  }

  @Override
  public boolean sealed(MirrorFacts facts) {
    dropWriter();
    boolean contested = facts.state() == State.SEALING || facts.state() == State.ENDING;
    Optional<JournalEntry> tail = journal.tail();
    if (contested) {
      try (JournalWriter fence = journal.takeOver(facts.journalTopicId())) {
        tail = fence.tail();
      }
    }
    return tail.filter(entry -> isSealed(entry, facts)).isPresent();
  }

  private boolean isSealed(JournalEntry tail, MirrorFacts facts) {
    if (tail.record().body() instanceof Body.Seal seal) {
      if (!seal.successor().equals(ends.targetName())) {
        throw new MirrorException.Operator(
            "the journal is sealed for " + seal.successor(),
            "complete that: understudy promote --to " + seal.successor());
      }
      return true;
    }
    return tail.record().epoch().compareTo(facts.epoch()) > 0;
  }

  @Override
  public Outcome perform(Action action, MirrorFacts facts) throws InterruptedException {
    return switch (action) {
      case NOTHING -> done("nothing", facts);
      case PREPARE -> prepare(facts);
      case SHUT -> shut(facts);
      case DRAIN -> drain(facts);
      case SEAL, END -> seal(facts);
      case OPEN -> open(facts);
      case REOPEN -> reopen(facts);
      case TAKE_OVER -> takeOver(facts);
      case INSTALL -> install(facts);
    };
  }

  private static Outcome done(String said, MirrorFacts facts) {
    return new Outcome(Condition.DONE, said, facts);
  }

  private Outcome prepare(MirrorFacts facts) {
    log().prepare();
    closeBarrier();
    // Whatever takes time to connect is connected while everybody can still write.
    barrier = Optional.of(Barrier.open(journal, facts.journalTopicId(), limits.maxPause()));
    ends.source().logEnd();
    ends.sourceGate().isShut();
    ends.targetGate().isShut();
    return done(ends.targetName() + " keeps its log for a reader", facts);
  }

  private LogChange log() {
    return ends.targetAsSource()
        .logChange()
        .orElseThrow(
            () ->
                new MirrorException.Operator(
                    "standbys cannot go on behind another source on this engine yet",
                    "understudy init --again makes them anew"));
  }

  private Outcome shut(MirrorFacts facts) {
    shutSince = clock.get();
    return done(ends.sourceGate().shut(mandate, limits.maxPause()), facts);
  }

  private Outcome drain(MirrorFacts facts) throws InterruptedException {
    if (barrier.isEmpty()) {
      barrier = Optional.of(Barrier.open(journal, facts.journalTopicId(), limits.maxPause()));
    }
    Barrier held = barrier.get();
    Position told = ends.source().tellSequences();
    JournalEntry mark =
        held.journaled(
            ends.source(),
            "switchover " + operation.id() + " " + mandate.attempt() + " " + lostJournal);
    if (told.isAfter(mark.record().position())) {
      throw new MirrorException.Invariant(
          "the mark behind the sequences of " + ends.sourceName() + " lies before them",
          "report this: nothing was changed");
    }
    // The target applies the rest meanwhile.
    JournalWriter taken = journal.takeOver(facts.journalTopicId());
    writer = Optional.of(taken);
    Progress applied =
        held.applied(ends.target()::progress, mark.offset(), ends.targetName().value());
    closeBarrier();
    JournalEntry tail = taken.tail().orElseThrow();
    if (tail.record().sequence().compareTo(applied.sequence()) > 0) {
      throw new MirrorException.Refused(
          ends.sourceName() + " committed transactions after it was shut",
          "find out who writes there in spite of default_transaction_read_only, and try again");
    }
    return done(ends.targetName() + " has all, up to sequence " + applied.sequence(), facts);
  }

  private Outcome takeOver(MirrorFacts facts) {
    dropWriter();
    writer = Optional.of(journal.takeOver(facts.journalTopicId()));
    return done("the reader can append no more", facts);
  }

  private Outcome seal(MirrorFacts facts) {
    try {
      JournalEntry written =
          writer
              .orElseThrow(() -> new IllegalStateException("the journal was not taken over"))
              .seal(ends.targetName());
      seal = Optional.of(written);
      return done(
          "epoch " + facts.epoch() + " ends with sequence " + written.record().sequence(), facts);
    } catch (MirrorException.Superseded | MirrorException.Transient e) {
      if (sealed(facts)) {
        return done("epoch " + facts.epoch() + " ends, though " + e.getMessage(), facts);
      }
      if (++lostJournal > MOST_TRIES) {
        throw e;
      }
      return new Outcome(Condition.AGAIN, e.getMessage(), facts);
    }
  }

  private void closeBarrier() {
    barrier.ifPresent(Barrier::close);
    barrier = Optional.empty();
  }

  private void dropWriter() {
    writer.ifPresent(JournalWriter::close);
    writer = Optional.empty();
    seal = Optional.empty();
  }

  private Outcome open(MirrorFacts facts) throws InterruptedException {
    Progress at = drained(facts);
    MirrorFacts next = begin(facts);
    store(FormerFact.Way.RETURN, facts, at.position(), at, Optional.empty());
    List<String> said = ends.targetGate().open(at, true);
    if (shutSince != null) {
      pause = Optional.of(Duration.between(shutSince, clock.get()));
    }
    return done(text(said), next);
  }

  private Outcome reopen(MirrorFacts facts) {
    dropWriter();
    if (ends.sourceGate().isShut()) {
      ends.sourceGate().shut(mandate, limits.maxPause()); // its word is the latest from here on
    }
    ends.sourceGate().reopen(mandate);
    if (shutSince != null) {
      pause = Optional.of(Duration.between(shutSince, clock.get()));
    }
    String said = ends.sourceName() + " can be written to again";
    try {
      ends.targetAsSource().forget();
    } catch (MirrorException e) {
      say.accept(
          "  warning: "
              + ends.targetName()
              + " may still keep its log for a reader: "
              + e.getMessage());
    }
    return done(said, facts);
  }

  private Outcome install(MirrorFacts facts) throws InterruptedException {
    FormerSource.Shut shut = new FormerSource(ends, mandate, clock).shut();
    say.accept("  " + shut.said() + (shut.at().isPresent() ? "" : ": making it read-only is owed"));
    JournalRecord end = seal.or(journal::tail).orElseThrow().record();
    Optional<Sequence> cut =
        operation
            .until()
            .filter(last -> end.epoch().equals(facts.epoch()))
            .filter(last -> last.compareTo(end.complete()) < 0);
    Progress at = cut.isPresent() ? applier().drainTo(cut.get()) : drained(facts);
    Position journaled = end.position();
    Optional<String> alone = cut.map(last -> "the journal holds more than " + last);
    Optional<MirrorFacts> next = Optional.empty();
    if (alone.isEmpty()) {
      try {
        log().prepare();
        next = Optional.of(begin(facts));
      } catch (MirrorException.Operator e) {
        alone = Optional.of(e.getMessage());
      }
    }
    store(FormerFact.Way.FENCE, facts, next.isPresent() ? at.position() : journaled, at, shut.at());
    List<String> said =
        ends.target().gate().isPresent() ? ends.targetGate().open(at, false) : ends.target().open();
    return alone.isEmpty()
        ? done(text(said), next.orElseThrow())
        : new Outcome(
            Condition.DONE_ALONE,
            text(said) + "; no standby follows, because " + alone.get(),
            reign(facts, Optional.empty()));
  }

  private static String text(List<String> said) {
    return said.isEmpty() ? "was open already" : String.join("; ", said);
  }

  /** Where the target stands at the seal; applies what is left up to there. */
  private Progress drained(MirrorFacts facts) throws InterruptedException {
    JournalEntry tail = seal.or(journal::tail).orElseThrow();
    if (!(tail.record().body() instanceof Body.Seal)) {
      return ends.target().progress().orElseThrow(); // at the seal: nobody applies past it
    }
    long deadline = System.nanoTime() + APPLIER_PATIENCE.toNanos();
    Optional<Progress> progress = ends.target().progress();
    boolean nearly = facts.state() == State.OPENING;
    while (nearly
        && System.nanoTime() < deadline
        && progress.filter(it -> it.offset() >= tail.offset()).isEmpty()) {
      Thread.sleep(5);
      progress = ends.target().progress();
    }
    return applier().drainTo(tail.offset());
  }

  private Applier applier() {
    return new Applier(
        mirror,
        ends.targetName(),
        ends.target(),
        new JournalFeeds(journal),
        ApplierLimits.DEFAULT,
        operation.kind() + "/" + ProcessName.get() + "/" + UUID.randomUUID());
  }

  /** Begins the next epoch in the journal, where the target's log stands; once. */
  private MirrorFacts begin(MirrorFacts facts) {
    LogEnd from = log().begin();
    boolean begun =
        seal.isEmpty() && !(journal.tail().orElseThrow().record().body() instanceof Body.Seal);
    if (!begun) {
      if (seal.isEmpty()) {
        writer = Optional.of(journal.takeOver(facts.journalTopicId()));
      }
      writer.orElseThrow().first(facts.epoch().next(), from.position(), from.now());
      dropWriter();
    }
    return reign(facts, Optional.of(ends.targetAsSource().identity()));
  }

  private MirrorFacts reign(MirrorFacts facts, Optional<SourceIdentity> identity) {
    return new MirrorFacts(
        facts.epoch().next(),
        ends.targetName(),
        identity.map(SourceIdentity::engine).orElse(facts.engine()),
        identity.map(SourceIdentity::system).orElse(facts.system()),
        identity.map(SourceIdentity::timeline).orElse(facts.timeline()),
        identity.map(SourceIdentity::keeper).orElse(facts.keeper()),
        facts.journalTopicId(),
        facts.state(),
        facts.target(),
        clock.get());
  }

  /** What is owed to the former source must be known before there is another one. */
  private void store(
      FormerFact.Way way,
      MirrorFacts facts,
      Position journaled,
      Progress at,
      Optional<Instant> shutAt) {
    if (ends.sourceAsStandby().gate().isEmpty()) {
      return; // on engines where nobody can see to it, promote says what is to be done by hand
    }
    control.write(
        new FactChanges()
            .removeFormer(ends.targetName())
            .put(
                new FormerFact(
                    ends.sourceName(),
                    way,
                    facts.epoch(),
                    at.sequence(),
                    journaled,
                    at.commitTime(),
                    at.offset(),
                    clock.get(),
                    shutAt)));
  }

  @Override
  public void close() {
    dropWriter();
    closeBarrier();
  }
}
