package io.understudy.failover;

import io.understudy.journal.DatabaseName;
import io.understudy.journal.MirrorException;
import io.understudy.journal.kafka.MirrorFacts;
import io.understudy.journal.kafka.OperationFact;
import io.understudy.journal.kafka.OperationFact.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Takes a mirror from one source to the next, or back, as the {@link StateTable} says: stores the
 * next state, does what belongs to it, and goes on by what came of that. Interrupted anywhere, the
 * same request goes on from the state that is stored.
 */
public final class Succession {
  /** Nobody can have sealed the journal yet, so the source may be opened in any case. */
  private static final Set<MirrorFacts.State> FAR_FROM_THE_SEAL =
      EnumSet.of(MirrorFacts.State.CLOSING, MirrorFacts.State.DRAINING);

  private final StateLog log;
  private final Actions actions;
  private final Supplier<Instant> clock;
  private final String by;
  private final Consumer<String> say;
  private MirrorFacts facts;
  private OperationFact operation;

  /**
   * @param facts as they are stored
   * @param operation the one to go on with, or a new one
   * @param by names this process in the records
   * @param say told, line by line, what is being done
   */
  public Succession(
      StateLog log,
      Actions actions,
      MirrorFacts facts,
      OperationFact operation,
      String by,
      Supplier<Instant> clock,
      Consumer<String> say) {
    this.log = log;
    this.actions = actions;
    this.facts = facts;
    this.operation = operation;
    this.by = by;
    this.clock = clock;
    this.say = say;
  }

  /**
   * Goes from the stored state as far as the table leads.
   *
   * @param asked what was asked for
   * @param why what was observed, for the records
   * @return the operation as it ended
   * @throws MirrorException why it did not succeed. The state that is stored then is one that the
   *     same request goes on from, or, if the source was opened again, the one before
   */
  public OperationFact run(Condition asked, String why) throws InterruptedException {
    Transition next = require(actions.sealed(facts) ? asked.whenSealed() : asked);
    String reason = next.condition() + (why.isEmpty() ? "" : ": " + why);
    MirrorException failure = null;
    while (true) {
      Instant began = clock.get();
      try {
        enter(next, reason);
        if (next.action() == Action.NOTHING) {
          break;
        }
        Actions.Outcome outcome = actions.perform(next.action(), facts);
        close(began, outcome.said());
        facts = outcome.next();
        next = require(outcome.condition());
        reason = outcome.condition().toString();
      } catch (MirrorException | InterruptedException e) {
        failure = kind(e, next);
        next = wayBack(began, failure);
        reason = next.condition() + ": " + failure.getMessage();
      }
      if (next.condition() == Condition.FAILED_SEALED) {
        failure = null; // whatever it was, what it was about is done
      }
    }
    if (failure != null) {
      throw failure;
    }
    return operation;
  }

  private static MirrorException kind(Exception e, Transition during) {
    boolean unused = Thread.interrupted(); // the way back is not to end by what led to it
    return e instanceof MirrorException known
        ? known
        : new MirrorException.Transient("interrupted in " + during.to(), e);
  }

  private Transition require(Condition condition) {
    return StateTable.next(facts.state(), condition)
        .orElseThrow(
            () ->
                new MirrorException.Operator(
                    "the mirror is in state "
                        + facts.state()
                        + ", from which nothing follows when "
                        + condition,
                    "see understudy status for what is under way, and understudy events"));
  }

  private void enter(Transition next, String why) {
    Instant now = clock.get();
    MirrorFacts then = facts.in(next.to(), target(next), facts.since());
    OperationFact so =
        next.action() == Action.NOTHING
            ? operation.over(outcome(next, why))
            : operation.plus(new Step(next.to(), by, now, why, Optional.empty(), ""));
    log.store(then, so);
    facts = then;
    operation = so;
    if (next.action() != Action.NOTHING) {
      say.accept(next.to() + ": " + next.action());
    }
  }

  private Optional<DatabaseName> target(Transition next) {
    return next.action() == Action.NOTHING ? Optional.empty() : Optional.of(operation.target());
  }

  private String outcome(Transition next, String why) {
    return next.from() == MirrorFacts.State.REOPENING
        ? operation.source() + " stays the source"
        : operation.target() + " is the source, in epoch " + facts.epoch() + "; " + why;
  }

  private void close(Instant began, String said) {
    operation = operation.ended(Duration.between(began, clock.get()), said);
    say.accept("  " + said);
  }

  /** What follows the failure; throws it where nothing does, and the state stays as it is. */
  private Transition wayBack(Instant began, MirrorException failure) {
    operation =
        operation.ended(Duration.between(began, clock.get()), "failed: " + failure.getMessage());
    if (StateTable.next(facts.state(), Condition.FAILED).isEmpty()) {
      record(failure);
      throw failure;
    }
    try {
      log.store(facts, operation); // first of all: only who still has the control may go on
      return require(actions.sealed(facts) ? Condition.FAILED_SEALED : Condition.FAILED);
    } catch (MirrorException e) {
      failure.addSuppressed(e);
      if (FAR_FROM_THE_SEAL.contains(facts.state())) {
        reopenUnrecorded(failure);
      }
      throw failure;
    }
  }

  private void record(MirrorException failure) {
    try {
      log.store(facts, operation);
    } catch (MirrorException e) {
      failure.addSuppressed(e);
    }
  }

  /**
   * Nothing can be stored, the source is shut, and nothing is decided: its clients come first. The
   * source itself refuses if another process has shut it since.
   */
  private void reopenUnrecorded(MirrorException failure) {
    try {
      actions.perform(Action.REOPEN, facts);
    } catch (MirrorException e) {
      failure.addSuppressed(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failure.addSuppressed(e);
    }
  }
}
