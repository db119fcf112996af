package io.understudy.app.failover;

import io.understudy.journal.DatabaseName;
import io.understudy.journal.Sequence;
import io.understudy.journal.kafka.FactChanges;
import io.understudy.journal.kafka.MirrorFacts;
import io.understudy.journal.kafka.OperationFact;
import io.understudy.journal.kafka.StateControl;
import io.understudy.journal.kafka.StateStore;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Which operation goes on, and how many are remembered. */
final class Operations {
  /** Enough to look back at; the topic that holds them is read as a whole. */
  private static final int REMEMBERED = 50;

  private Operations() {}

  /** The one that the state belongs to; empty if the mirror is at rest. */
  static Optional<OperationFact> underWay(StateStore.Facts facts) {
    Optional<DatabaseName> target = facts.mirror().flatMap(MirrorFacts::target);
    return facts.operations().stream()
        .filter(it -> !it.isOver() && target.filter(it.target()::equals).isPresent())
        .reduce((first, second) -> second);
  }

  /** A new one, with a higher number than any before it in this epoch. */
  static OperationFact begin(
      StateStore.Facts known,
      MirrorFacts facts,
      OperationFact.Kind kind,
      DatabaseName target,
      Optional<Sequence> until,
      Instant now) {
    int attempts =
        known.operations().stream()
            .filter(it -> it.epoch().equals(facts.epoch()))
            .mapToInt(OperationFact::attempt)
            .max()
            .orElse(0);
    return new OperationFact(
        now + "-" + target,
        kind,
        attempts + 1,
        facts.epoch(),
        facts.source(),
        target,
        until,
        now,
        List.of(),
        "");
  }

  /** Lets go of the oldest. */
  static void trim(StateStore.Facts known, StateControl control) {
    int many = known.operations().size() - REMEMBERED;
    if (many > 0) {
      FactChanges changes = new FactChanges();
      known.operations().subList(0, many).forEach(it -> changes.removeOperation(it.id()));
      control.write(changes);
    }
  }
}
