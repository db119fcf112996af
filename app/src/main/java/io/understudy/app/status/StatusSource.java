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
 * Takes the mirror's status: asks everybody at once, for a limited time, and puts together what
 * they answer. Keeps two things from one report to the next: who the source was, to know whom to
 * ask, and how far its clock is from ours, to tell how late it is there when it does not answer.
 */
public final class StatusSource implements AutoCloseable {
  /** How long an answer may take; a database that only now turns out to be the source, twice. */
  static final Duration LIMIT = Duration.ofSeconds(4);

  /** The same for the journal, for a process that has yet to connect to it. */
  static final Duration FIRST_LIMIT = Duration.ofSeconds(10);

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
   * For a process that runs on.
   *
   * @param source whom to take for the source until the journal says who it is
   * @param ends closed with this
   */
  public StatusSource(
      MirrorName mirror,
      List<DatabaseName> databases,
      DatabaseName source,
      MirrorEnds ends,
      Supplier<Instant> clock) {
    this(mirror, databases, source, ends, clock, LIMIT, LIMIT);
  }

  /** For a process that shows the status and ends: more patient with its first connection. */
  public static StatusSource once(
      MirrorName mirror,
      List<DatabaseName> databases,
      DatabaseName source,
      MirrorEnds ends,
      Supplier<Instant> clock) {
    return new StatusSource(mirror, databases, source, ends, clock, LIMIT, FIRST_LIMIT);
  }

  StatusSource(
      MirrorName mirror,
      List<DatabaseName> databases,
      DatabaseName source,
      MirrorEnds ends,
      Supplier<Instant> clock,
      Duration limit,
      Duration journalLimit) {
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
    this.facts = new Probe<>(ends::facts, journalLimit, executor, clock);
    this.tail = new Probe<>(ends::tail, journalLimit, executor, clock);
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
