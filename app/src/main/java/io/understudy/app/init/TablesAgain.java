package io.understudy.app.init;

import io.understudy.app.config.MirrorConfig;
import io.understudy.app.run.Databases;
import io.understudy.applier.Difference;
import io.understudy.applier.Progress;
import io.understudy.applier.Refill;
import io.understudy.applier.Standby;
import io.understudy.connectors.CopyPart;
import io.understudy.connectors.InitialCopy;
import io.understudy.connectors.Source;
import io.understudy.connectors.TablePatterns;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Partition;
import io.understudy.journal.Position;
import io.understudy.journal.Relation;
import io.understudy.journal.RowForm;
import io.understudy.journal.TableName;
import io.understudy.journal.kafka.Journal;
import io.understudy.journal.kafka.MirrorFacts;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Copies tables once more into standbys that follow, while the mirror runs. A standby's applier
 * waits until its tables are copied, and then leaves out what the copy shows already. That is right
 * only if nobody changes the tables' shape between where the applier waits and the copy's moment:
 * they are locked on the source before, and the applier is let past the place where they were.
 */
public final class TablesAgain {
  /** How long applier or journal may stand still in front of what the source's log has already. */
  private static final Duration STILL = Duration.ofMinutes(1);

  private static final Duration LOOK = Duration.ofMillis(200);

  private final MirrorConfig config;
  private final Journal journal;
  private final MirrorFacts facts;
  private final TablePatterns patterns;
  private final PrintWriter out;
  private final Supplier<Instant> clock;

  /**
   * @param facts of a mirror that is complete
   * @param patterns of the tables; a partitioned table's name stands for all its partitions
   * @param out told what is done, for people
   */
  public TablesAgain(
      MirrorConfig config,
      Journal journal,
      MirrorFacts facts,
      TablePatterns patterns,
      PrintWriter out,
      Supplier<Instant> clock) {
    this.config = config;
    this.journal = journal;
    this.facts = facts;
    this.patterns = patterns;
    this.out = out;
    this.clock = clock;
  }

  public void copyTo(List<DatabaseName> standbys) throws InterruptedException {
    try (Source source = Databases.source(config, facts.source(), journal)) {
      Set<TableName> tables =
          source.tables().stream()
              .filter(this::isWanted)
              .map(Relation::table)
              .collect(Collectors.toUnmodifiableSet());
      if (tables.isEmpty()) {
        throw new MirrorException.Refused(
            "mirror "
                + config.mirror()
                + " has no table "
                + String.join(" or ", patterns.includes()),
            "name one as schema.table, as the source spells it");
      }
      for (DatabaseName name : standbys) {
        try (Standby standby = Databases.standby(config, name)) {
          copy(source, tables, name, standby);
        }
      }
    }
  }

  private boolean isWanted(Relation relation) {
    return patterns.matches(relation.table())
        || relation.partition().map(Partition::root).filter(patterns::matches).isPresent();
  }

  private void copy(Source source, Set<TableName> tables, DatabaseName name, Standby standby)
      throws InterruptedException {
    // Without locks first: the applier may have a long way to go.
    awaitPast(source, name, standby, source.logEnd().position());
    try (Waiting applier = new Waiting(source, name, standby);
        InitialCopy copy = source.beside(tables::contains, 1, applier::holdBehind)) {
      awaitJournaled(source, copy.position());
      fill(name, standby, applier.refill, copy);
    }
  }

  /** The applier, once it waits. */
  private final class Waiting implements AutoCloseable {
    private final Source source;
    private final DatabaseName name;
    private final Standby standby;
    private Refill refill;

    Waiting(Source source, DatabaseName name, Standby standby) {
      this.source = source;
      this.name = name;
      this.standby = standby;
    }

    private void holdBehind(Position end) throws InterruptedException {
      close(); // the copy made way for somebody, whose change the applier takes first
      awaitPast(source, name, standby, end);
      refill = standby.refill();
    }

    @Override
    public void close() {
      if (refill != null) {
        refill.close();
        refill = null;
      }
    }
  }

  private void fill(DatabaseName name, Standby standby, Refill refill, InitialCopy copy)
      throws InterruptedException {
    List<Relation> tables = copy.tables();
    List<Difference> differences = standby.differences(tables);
    if (!differences.isEmpty()) {
      throw new MirrorException.Operator(
          "the tables of "
              + name
              + " cannot take the source's rows:\n  - "
              + differences.stream()
                  .map(Difference::sentence)
                  .collect(Collectors.joining("\n  - ")),
          "do what stands behind each line, then run this again");
    }
    List<CopyPart> parts = copy.parts();
    CopyProgress progress =
        new CopyProgress(name, parts, () -> "", out, clock, CopyProgress.onTerminal());
    refill.empty(tables);
    for (CopyPart part : parts) {
      long rows =
          TablePipe.copy(
              copy, part, RowForm.TEXT, refill::copyIn, bytes -> progress.moved(part, bytes));
      progress.done(part, rows);
    }
    refill.complete(tables, copy.position());
    out.println(
        name
            + ": as "
            + facts.source()
            + " had "
            + (tables.size() == 1 ? "it" : "them")
            + " at "
            + copy.position().encoded()
            + "; its applier goes on");
  }

  private void awaitPast(Source source, DatabaseName name, Standby standby, Position end)
      throws InterruptedException {
    source.beat(); // the log goes on behind its end, and tells so
    Optional<Progress> last = Optional.empty();
    long moved = System.nanoTime();
    while (System.nanoTime() - moved < STILL.toNanos()) {
      Optional<Progress> now = standby.progress();
      if (now.filter(progress -> isPast(progress, end)).isPresent()) {
        return;
      }
      if (!now.equals(last)) {
        last = now;
        moved = System.nanoTime();
      }
      Thread.sleep(LOOK.toMillis());
    }
    throw new MirrorException.Operator(
        "the applier of " + name + " does not come to " + end.encoded(),
        "see that understudy run is running, and what holds it: understudy status");
  }

  private boolean isPast(Progress progress, Position end) {
    return progress.topicId().equals(facts.journalTopicId())
        && progress.epoch().equals(facts.epoch())
        && progress.position().isAfter(end);
  }

  /** What the copy shows must not be lost with the source: the standby could not be promoted. */
  private void awaitJournaled(Source source, Position moment) throws InterruptedException {
    source.beat();
    long began = System.nanoTime();
    while (System.nanoTime() - began < STILL.toNanos()) {
      if (journal.tail().filter(tail -> tail.record().position().isAfter(moment)).isPresent()) {
        return;
      }
      Thread.sleep(LOOK.toMillis());
    }
    throw new MirrorException.Operator(
        "the journal does not come to " + moment.encoded() + ", where the source's log is",
        "see that understudy run is running, and what its reader says: understudy status");
  }
}
