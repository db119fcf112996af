package io.understudy.app.rejoin;

import io.understudy.app.run.ProcessName;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.kafka.MirrorFacts;
import io.understudy.journal.kafka.OperationFact;
import io.understudy.journal.kafka.StateStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/** What events tells of a rejoin. Owned by one thread. */
final class RejoinRecord {
  private final Supplier<Instant> clock;
  private OperationFact operation;

  private RejoinRecord(OperationFact operation, Supplier<Instant> clock) {
    this.operation = operation;
    this.clock = clock;
  }

  /** Of one that was interrupted. */
  static Optional<RejoinRecord> underWay(
      StateStore.Facts known, DatabaseName database, Supplier<Instant> clock) {
    return known.operations().stream()
        .filter(it -> it.kind() == OperationFact.Kind.REJOIN && !it.isOver())
        .filter(it -> it.target().equals(database))
        .reduce((first, second) -> second)
        .map(it -> new RejoinRecord(it.resumed(), clock));
  }

  static RejoinRecord begin(
      StateStore.Facts known, MirrorFacts facts, DatabaseName database, Supplier<Instant> clock) {
    Instant now = clock.get();
    return new RejoinRecord(
        OperationFact.aside(
            now + "-rejoin-" + database,
            OperationFact.Kind.REJOIN,
            facts.epoch(),
            facts.source(),
            database,
            now),
        clock);
  }

  OperationFact step(MirrorFacts facts, Instant began, String said) {
    operation =
        operation.plus(
            new OperationFact.Step(
                facts.state(),
                ProcessName.get(),
                began,
                "rejoin asked for",
                Optional.of(Duration.between(began, clock.get())),
                said));
    return operation;
  }

  OperationFact over(MirrorFacts facts, Instant began, String said, String outcome) {
    operation = step(facts, began, said).over(outcome);
    return operation;
  }
}
