package io.understudy.app.failover;

import io.understudy.failover.Action;
import io.understudy.failover.Condition;
import io.understudy.failover.StateTable;
import io.understudy.failover.Transition;
import io.understudy.journal.kafka.MirrorFacts;
import io.understudy.journal.kafka.OperationFact;
import io.understudy.journal.kafka.StateStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The steps that a switchover takes, and how long each took the last time. */
final class Plan {
  private final StateStore.Facts known;
  private final Ends ends;

  Plan(StateStore.Facts known, Ends ends) {
    this.known = known;
    this.ends = ends;
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("plan: " + ends.sourceName() + " -> " + ends.targetName());
    Transition step =
        StateTable.next(MirrorFacts.State.MIRRORING, Condition.SWITCHOVER).orElseThrow();
    while (step.action() != Action.NOTHING) {
      lines.add("  " + step.to() + ": " + step.action() + ", " + time(step.to()));
      step = StateTable.next(step.to(), Condition.DONE).orElseThrow();
    }
    lines.add("  writes are paused from CLOSING to the end of OPENING");
    return lines;
  }

  private String time(MirrorFacts.State state) {
    Optional<Duration> last =
        known.operations().stream()
            .sorted(Comparator.comparing(OperationFact::id).reversed())
            .filter(it -> it.kind() == OperationFact.Kind.SWITCHOVER)
            .flatMap(it -> it.steps().stream())
            .filter(it -> it.state() == state && it.took().isPresent())
            .map(it -> it.took().get())
            .findFirst();
    return last.map(it -> "about " + it.toMillis() + " ms, as the last time")
        .orElse("well below a second as a rule");
  }
}
