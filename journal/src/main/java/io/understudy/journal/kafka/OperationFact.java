package io.understudy.journal.kafka;

import io.understudy.journal.DatabaseName;
import io.understudy.journal.Epoch;
import io.understudy.journal.Sequence;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One change of the source, or an attempt at it: who asked, and what was done about it.
 *
 * @param id sorts by when it was begun
 * @param attempt how often it was begun or resumed; whoever holds a lower number is superseded
 * @param epoch in which it was begun
 * @param until the last transaction that the target is to have; empty for all
 * @param outcome empty while it is under way
 */
public record OperationFact(
    String id,
    Kind kind,
    int attempt,
    Epoch epoch,
    DatabaseName source,
    DatabaseName target,
    Optional<Sequence> until,
    Instant begun,
    List<Step> steps,
    String outcome) {
  /** More steps than that are of resumptions that led to nothing. */
  private static final int MOST_STEPS = 100;

  /** What was asked for. */
  public enum Kind {
    SWITCHOVER,
    PROMOTE,
    /** The controllers did it, without being asked. */
    AUTOMATIC,
    /** They would have, if they were allowed to. */
    OBSERVED,
    /** A former source was found and shut. */
    FENCE,
    /** A former source that holds more than the journal is to become a standby. */
    REJOIN
  }

  /**
   * @param state that the mirror was in
   * @param by the process that did it
   * @param why the condition that led here, and what was observed
   * @param took empty while it is under way, or if nobody lived to see its end
   * @param outcome what came of it
   */
  public record Step(
      MirrorFacts.State state,
      String by,
      Instant at,
      String why,
      Optional<Duration> took,
      String outcome) {

    public Step ended(Duration duration, String how) {
      return new Step(state, by, at, why, Optional.of(duration), how);
    }
  }

  public OperationFact {
    steps = List.copyOf(steps.subList(Math.max(0, steps.size() - MOST_STEPS), steps.size()));
  }

  /** One that nobody resumes, and that supersedes nobody: it does not change the source. */
  public static OperationFact aside(
      String id, Kind kind, Epoch epoch, DatabaseName source, DatabaseName target, Instant begun) {
    return new OperationFact(
        id, kind, 0, epoch, source, target, Optional.empty(), begun, List.of(), "");
  }

  public boolean isOver() {
    return !outcome.isEmpty();
  }

  public OperationFact resumed() {
    return with(attempt + 1, steps, outcome);
  }

  /** With one more step. */
  public OperationFact plus(Step step) {
    List<Step> more = new ArrayList<>(steps);
    more.add(step);
    return with(attempt, more, outcome);
  }

  /** With the last step as it ended. */
  public OperationFact ended(Duration took, String how) {
    if (steps.isEmpty()) {
      return this;
    }
    List<Step> all = new ArrayList<>(steps);
    all.set(all.size() - 1, all.get(all.size() - 1).ended(took, how));
    return with(attempt, all, outcome);
  }

  public OperationFact over(String how) {
    return with(attempt, steps, how);
  }

  private OperationFact with(int nextAttempt, List<Step> nextSteps, String nextOutcome) {
    return new OperationFact(
        id, kind, nextAttempt, epoch, source, target, until, begun, nextSteps, nextOutcome);
  }
}
