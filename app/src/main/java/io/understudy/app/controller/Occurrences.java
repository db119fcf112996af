package io.understudy.app.controller;

import io.understudy.app.controller.MirrorWatch.View;
import io.understudy.app.run.ProcessName;
import io.understudy.failover.automatic.Decision;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.JournalRecord;
import io.understudy.journal.MirrorException;
import io.understudy.journal.kafka.FactChanges;
import io.understudy.journal.kafka.Journal;
import io.understudy.journal.kafka.MirrorFacts;
import io.understudy.journal.kafka.OperationFact;
import io.understudy.journal.kafka.StateStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes among the events what would have been done, or could not be, once for each time that the
 * source is dead. While it is, nothing comes from it, so the journal's end names the occurrence,
 * whoever leads.
 */
final class Occurrences {
  private static final Logger log = LoggerFactory.getLogger(Occurrences.class);

  /** What stands in the way may pass by itself within moments. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final Journal journal;
  private final Supplier<Instant> clock;
  private Optional<Long> blockedSince = Optional.empty();

  Occurrences(Journal journal, Supplier<Instant> clock) {
    this.journal = journal;
    this.clock = clock;
  }

  /** The source is well. */
  void over() {
    blockedSince = Optional.empty();
  }

  void report(View view, Decision decision) {
    MirrorFacts facts = view.facts().mirror().orElseThrow();
    if (decision instanceof Decision.Promotion promotion) {
      blockedSince = Optional.empty();
      write(
          view,
          promotion.target(),
          "would have promoted " + promotion.target() + " because " + promotion.reason());
      return;
    }
    long now = System.nanoTime();
    long since = blockedSince.orElse(now);
    blockedSince = Optional.of(since);
    if (now - since >= PATIENCE.toNanos()) {
      write(view, facts.source(), "promoted nothing, though " + decision.reason());
    }
  }

  /** From the promotion's thread. */
  void failed(View view, MirrorException why) {
    MirrorFacts facts = view.facts().mirror().orElseThrow();
    try {
      write(view, facts.source(), "promoted nothing: " + why.getMessage() + "; " + why.remedy());
    } catch (MirrorException e) {
      log.warn("not written to the events: {}", e.getMessage());
    }
  }

  private void write(View view, DatabaseName target, String outcome) {
    MirrorFacts facts = view.facts().mirror().orElseThrow();
    String occurrence =
        "-dead-"
            + facts.epoch()
            + "-"
            + view.tail().map(JournalRecord::position).map(it -> it.encoded()).orElse("")
            + "-"
            + target;
    try (StateStore store = journal.state()) {
      boolean written =
          store.read().operations().stream().anyMatch(it -> it.id().endsWith(occurrence));
      if (written) {
        return;
      }
      log.warn("{}", outcome);
      Instant now = clock.get();
      store.write(
          new FactChanges()
              .put(
                  OperationFact.aside(
                          now + occurrence,
                          OperationFact.Kind.OBSERVED,
                          facts.epoch(),
                          facts.source(),
                          target,
                          now)
                      .plus(
                          new OperationFact.Step(
                              facts.state(),
                              ProcessName.get(),
                              now,
                              "the controllers watch the source",
                              Optional.of(Duration.ZERO),
                              ""))
                      .over(outcome)));
    }
  }
}
