package io.understudy.app.status;

import io.understudy.applier.Progress;
import io.understudy.connectors.LogEnd;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.JournalEntry;
import io.understudy.journal.MirrorName;
import io.understudy.journal.kafka.MirrorFacts;
import io.understudy.journal.kafka.StateStore;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * Takes the mirror's status: asks everybody at once, for {@link #LIMIT}, and puts together what
 * they answer. Keeps two things from one report to the next: who the source was, to know whom to
 * ask, and how far its clock is from ours, to tell how late it is there when it does not answer.
 */
public final class StatusSource implements AutoCloseable {
  /** How long an answer may take. The second round that a new source needs may take it again. */
  static final Duration LIMIT = Duration.ofSeconds(4);

  private final MirrorName mirror;
  private final List<DatabaseName> databases;
  private final MirrorEnds ends;
  private final Supplier<Instant> clock;
  private final ExecutorService executor;
  private final Probe<StateStore.Facts> facts;
  private final Probe<Optional<JournalEntry>> tail;
  private final Map<DatabaseName, Probe<LogEnd>> logEnds = new LinkedHashMap<>();
  private final Map<DatabaseName, Probe<Optional<Progress>>> progress = new LinkedHashMap<>();
  private DatabaseName source;
  private Duration skew = Duration.ZERO;

  /**
   * @param source whom to take for the source until the journal says who it is
   * @param ends closed with this
   */
  public StatusSource(
      MirrorName mirror,
      List<DatabaseName> databases,
      DatabaseName source,
      MirrorEnds ends,
      Supplier<Instant> clock) {
    this(mirror, databases, source, ends, clock, LIMIT);
  }

  StatusSource(
      MirrorName mirror,
      List<DatabaseName> databases,
      DatabaseName source,
      MirrorEnds ends,
      Supplier<Instant> clock,
      Duration limit) {
    this.mirror = mirror;
    this.databases = List.copyOf(databases);
    this.source = source;
    this.ends = ends;
    this.clock = clock;
    // As many threads as probes: each has at most one question under way.
    this.executor =
        Executors.newFixedThreadPool(
            2 + 2 * databases.size(),
            work -> {
              Thread thread = new Thread(work, "status-probe");
              thread.setDaemon(true);
              return thread;
            });
    this.facts = new Probe<>(ends::facts, limit, executor, clock);
    this.tail = new Probe<>(ends::tail, limit, executor, clock);
    for (DatabaseName name : databases) {
      logEnds.put(name, new Probe<>(() -> ends.logEnd(name), limit, executor, clock));
      progress.put(name, new Probe<>(() -> ends.progress(name), limit, executor, clock));
    }
  }

  /** The status now. Never throws because somebody does not answer. */
  public synchronized StatusReport collect() throws InterruptedException {
    Probe.Pending<StateStore.Facts> factsPending = facts.ask();
    Probe.Pending<Optional<JournalEntry>> tailPending = tail.ask();
    Probe.Pending<LogEnd> logEndPending = logEnds.get(source).ask();
    Map<DatabaseName, Probe.Pending<Optional<Progress>>> progressPending = new LinkedHashMap<>();
    databases.stream()
        .filter(name -> !name.equals(source))
        .forEach(name -> progressPending.put(name, progress.get(name).ask()));

    Outcome<StateStore.Facts> knownFacts = factsPending.await();
    Optional<DatabaseName> told =
        knownFacts.value().flatMap(StateStore.Facts::mirror).map(MirrorFacts::source);
    if (told.isPresent() && !told.get().equals(source) && logEnds.containsKey(told.get())) {
      progressPending.remove(told.get());
      progressPending.put(source, progress.get(source).ask());
      source = told.get();
      skew = Duration.ZERO;
      logEndPending = logEnds.get(source).ask();
    }

    Answers answers =
        new Answers(
            mirror,
            databases,
            source,
            knownFacts,
            tailPending.await(),
            logEndPending.await(),
            new LinkedHashMap<>());
    for (DatabaseName name : progressPending.keySet()) {
      answers.progress().put(name, progressPending.get(name).await());
    }
    answers.skew().ifPresent(measured -> skew = measured);
    return answers.report(clock.get(), skew);
  }

  @Override
  public void close() {
    executor.shutdownNow();
    ends.close();
  }
}
