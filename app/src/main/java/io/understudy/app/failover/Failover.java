package io.understudy.app.failover;

import io.understudy.app.config.MirrorConfig;
import io.understudy.app.run.ProcessName;
import io.understudy.app.run.Reigning;
import io.understudy.applier.Progress;
import io.understudy.failover.Condition;
import io.understudy.failover.Succession;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.Epoch;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Sequence;
import io.understudy.journal.kafka.Journal;
import io.understudy.journal.kafka.MirrorFacts;
import io.understudy.journal.kafka.OperationFact;
import io.understudy.journal.kafka.StateControl;
import io.understudy.journal.kafka.StateStore;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Changes of the source, as people ask for them. */
public final class Failover {
  private final MirrorConfig config;
  private final Journal journal;
  private final PrintWriter out;
  private final Supplier<Instant> clock;

  /**
   * What a change came to.
   *
   * @param pause how long nobody could write; empty if that is not known
   * @param applied where the new source stood when it was opened
   * @param followed whether standbys can follow it
   */
  public record Result(
      MirrorFacts facts,
      DatabaseName former,
      Optional<Duration> pause,
      Progress applied,
      boolean followed) {}

  /**
   * @param out told each step, for people
   */
  public Failover(MirrorConfig config, Journal journal, PrintWriter out, Supplier<Instant> clock) {
    this.config = config;
    this.journal = journal;
    this.out = out;
    this.clock = clock;
  }

  /**
   * Makes {@code target} the source, losing nothing, or completes that.
   *
   * @return empty after a dry run
   * @throws MirrorException.Refused if a check fails; nothing was changed then
   */
  public Optional<Result> switchover(DatabaseName target, Limits limits, boolean dryRun)
      throws InterruptedException {
    Instant asked = clock.get();
    StateStore.Facts known = known();
    MirrorFacts facts = require(known);
    requireOther(facts, target);
    Optional<OperationFact> going = going(known, facts, target);
    try (Ends ends = new Ends(config, journal, facts.source(), target)) {
      if (facts.state() == MirrorFacts.State.MIRRORING || dryRun) {
        List<SwitchoverChecks.Finding> findings =
            new SwitchoverChecks(config, journal, ends, known, facts, limits, asked).run();
        tell(findings, dryRun);
        if (dryRun) {
          new Plan(known, ends).lines().forEach(out::println);
          return Optional.empty();
        }
      }
      OperationFact operation =
          begin(going, known, OperationFact.Kind.SWITCHOVER, target, Optional.empty());
      return Optional.of(run(known, ends, operation, Condition.SWITCHOVER, "", limits));
    }
  }

  /**
   * Gives a switchover, or a promotion that has not sealed the journal, up, and opens the source
   * again.
   */
  public void cancel(Limits limits) throws InterruptedException {
    StateStore.Facts known = known();
    MirrorFacts facts = require(known);
    OperationFact operation =
        Operations.underWay(known)
            .filter(it -> facts.target().isPresent())
            .orElseThrow(
                () ->
                    new MirrorException.Operator(
                        "no switchover is under way", "see understudy events"));
    try (Ends ends = new Ends(config, journal, facts.source(), operation.target())) {
      run(known, ends, operation.resumed(), Condition.CANCEL, "", limits);
    }
  }

  /**
   * Makes {@code target} the source without the source's help, or completes that.
   *
   * @param until the last transaction that it is to have; empty for all that the journal holds
   * @throws MirrorException.Refused if data would be lost, and that was not allowed; nothing was
   *     changed then
   */
  public Result promote(DatabaseName target, Optional<Sequence> until, boolean allowDataLoss)
      throws InterruptedException {
    StateStore.Facts known = known();
    MirrorFacts facts = require(known);
    requireOther(facts, target);
    Optional<OperationFact> going =
        going(known, facts, target)
            .filter(
                it ->
                    it.kind() == OperationFact.Kind.PROMOTE
                        || it.kind() == OperationFact.Kind.AUTOMATIC
                        || facts.state() == MirrorFacts.State.OPENING);
    try (Ends ends = new Ends(config, journal, facts.source(), target)) {
      String why = "";
      if (going.isEmpty()) {
        why = new PromotionChecks(journal, ends, facts).run(until, allowDataLoss);
      } else if (until.isPresent() && !until.equals(going.get().until())) {
        throw new MirrorException.Operator(
            "the promotion that is under way ends "
                + going.get().until().map(it -> "with transaction " + it).orElse("with all"),
            "complete it as it was begun: understudy promote --to " + target);
      }
      OperationFact operation = begin(going, known, OperationFact.Kind.PROMOTE, target, until);
      return run(known, ends, operation, Condition.PROMOTE, why, Limits.DEFAULT);
    }
  }

  /**
   * Makes {@code target} the source because observers found the source dead, or completes that.
   *
   * @param epoch whose source that is
   * @param why what they saw, for the records
   * @param confirm throws unless all that still holds; asked when nobody else can change the source
   *     any more, and nothing is stored yet
   * @throws MirrorException.Superseded if something else is under way by now
   */
  public Result automatic(Epoch epoch, DatabaseName target, String why, Confirmation confirm)
      throws InterruptedException {
    StateStore.Facts known = known();
    MirrorFacts facts = require(known);
    if (!facts.epoch().equals(epoch)) {
      throw new MirrorException.Superseded("epoch " + facts.epoch() + " has begun meanwhile");
    }
    requireOther(facts, target);
    Optional<OperationFact> going =
        going(known, facts, target).filter(it -> it.kind() == OperationFact.Kind.AUTOMATIC);
    if (going.isEmpty() && facts.state() != MirrorFacts.State.MIRRORING) {
      throw new MirrorException.Superseded("the mirror is in state " + facts.state() + " by now");
    }
    try (Ends ends = new Ends(config, journal, facts.source(), target)) {
      String said =
          going.isPresent()
              ? why
              : why + "; " + new PromotionChecks(journal, ends, facts).ofTheTarget();
      OperationFact operation =
          begin(going, known, OperationFact.Kind.AUTOMATIC, target, Optional.empty());
      return run(known, ends, operation, Condition.PROMOTE, said, Limits.DEFAULT, confirm);
    }
  }

  /** Goes on with the one that is under way, if there is one. */
  private OperationFact begin(
      Optional<OperationFact> going,
      StateStore.Facts known,
      OperationFact.Kind kind,
      DatabaseName target,
      Optional<Sequence> until) {
    return going.orElseGet(
        () -> Operations.begin(known, require(known), kind, target, until, clock.get()));
  }

  /** Asked once, at the last moment at which nothing is done yet. */
  public interface Confirmation {
    /**
     * @throws MirrorException if nothing is to be done after all
     */
    void ask() throws InterruptedException;
  }

  private Result run(
      StateStore.Facts known,
      Ends ends,
      OperationFact operation,
      Condition asked,
      String why,
      Limits limits)
      throws InterruptedException {
    return run(known, ends, operation, asked, why, limits, () -> {});
  }

  private Result run(
      StateStore.Facts known,
      Ends ends,
      OperationFact operation,
      Condition asked,
      String why,
      Limits limits,
      Confirmation confirm)
      throws InterruptedException {
    try (StateControl control = journal.control()) {
      confirm.ask();
      MirrorFacts facts = require(known());
      if (!facts.equals(require(known))) {
        throw new MirrorException.Superseded("another process has changed the mirror meanwhile");
      }
      Operations.trim(known, control);
      try (Deeds deeds =
          new Deeds(
              config.mirror(), journal, control, ends, operation, limits, out::println, clock)) {
        new Succession(
                new StoredStates(control),
                deeds,
                facts,
                operation,
                ProcessName.get(),
                clock,
                out::println)
            .run(asked, why);
        MirrorFacts now = require(known());
        return new Result(
            now,
            ends.sourceName(),
            deeds.pause(),
            ends.target().progress().orElseThrow(),
            now.state() == MirrorFacts.State.MIRRORING);
      }
    }
  }

  /** What is under way for this target; a new attempt of it. */
  private static Optional<OperationFact> going(
      StateStore.Facts known, MirrorFacts facts, DatabaseName target) {
    if (facts.state() == MirrorFacts.State.MIRRORING) {
      return Optional.empty();
    }
    facts
        .target()
        .filter(other -> !other.equals(target) && !facts.state().isReigning())
        .ifPresent(
            other -> {
              throw new MirrorException.Operator(
                  "the promotion of " + other + " was begun and is not complete",
                  "complete it: understudy promote --to " + other);
            });
    return Operations.underWay(known)
        .filter(it -> it.target().equals(target))
        .map(OperationFact::resumed);
  }

  private void tell(List<SwitchoverChecks.Finding> findings, boolean dryRun) {
    List<String> bad =
        findings.stream()
            .filter(it -> it.remedy().isPresent())
            .map(it -> it.what() + "; remedy: " + it.remedy().get())
            .toList();
    if (dryRun) {
      findings.stream()
          .filter(it -> it.remedy().isEmpty())
          .forEach(it -> out.println("ok: " + it.what()));
    }
    if (!bad.isEmpty()) {
      throw new MirrorException.Refused(
          "a switchover is not safe now:\n  - " + String.join("\n  - ", bad),
          "do what stands behind each line, then run it again");
    }
  }

  private void requireOther(MirrorFacts facts, DatabaseName target) {
    if (facts.state() == MirrorFacts.State.INITIALIZING) {
      throw new MirrorException.Operator(
          "the init of mirror " + config.mirror() + " is not complete: no standby can be promoted",
          "complete it: understudy init");
    }
    if (facts.source().equals(target)) {
      throw new MirrorException.Operator(
          target + " is the source already, since epoch " + facts.epoch(), "nothing to promote");
    }
    if (facts.state() == MirrorFacts.State.PROMOTED) {
      throw new MirrorException.Refused(
          facts.source()
              + " is the source since epoch "
              + facts.epoch()
              + " began, and no standby follows it",
          "make the others standbys of it first, replacing what they hold: understudy init --again");
    }
  }

  private StateStore.Facts known() {
    try (StateStore store = journal.state()) {
      return store.read();
    }
  }

  private MirrorFacts require(StateStore.Facts known) {
    return Reigning.requireMade(config.mirror(), known.mirror());
  }
}
