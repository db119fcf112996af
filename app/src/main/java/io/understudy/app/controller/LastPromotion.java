package io.understudy.app.controller;

import io.understudy.journal.kafka.OperationFact;
import io.understudy.journal.kafka.StateStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * How long ago the last automatic promotion was begun. One that we saw begin we time ourselves; for
 * an older one the clock of the host that did it is believed, and it never makes the time longer.
 */
final class LastPromotion {
  private final Supplier<Instant> clock;
  private Optional<OperationFact> last = Optional.empty();
  private Optional<Long> seen = Optional.empty();
  private boolean looked;

  LastPromotion(Supplier<Instant> clock) {
    this.clock = clock;
  }

  void note(StateStore.Facts facts) {
    Optional<OperationFact> now =
        facts.operations().stream()
            .filter(it -> it.kind() == OperationFact.Kind.AUTOMATIC)
            .reduce((first, second) -> second);
    boolean other = !now.map(OperationFact::id).equals(last.map(OperationFact::id));
    if (other) {
      seen = looked ? Optional.of(System.nanoTime()) : Optional.empty();
    }
    last = now;
    looked = true;
  }

  Optional<Duration> ago() {
    return last.map(
        it -> {
          Duration told = Duration.between(it.begun(), clock.get());
          Duration ours = seen.map(at -> Duration.ofNanos(System.nanoTime() - at)).orElse(told);
          Duration least = ours.compareTo(told) < 0 ? ours : told;
          return least.isNegative() ? Duration.ZERO : least;
        });
  }
}
