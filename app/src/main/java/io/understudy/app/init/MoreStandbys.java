package io.understudy.app.init;

import io.understudy.app.config.MirrorConfig;
import io.understudy.applier.CopyStart;
import io.understudy.applier.Progress;
import io.understudy.connectors.InitialCopy;
import io.understudy.connectors.Source;
import io.understudy.journal.Body;
import io.understudy.journal.JournalEntry;
import io.understudy.journal.MirrorException;
import io.understudy.journal.kafka.Journal;
import io.understudy.journal.kafka.MirrorFacts;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Fills standbys that have no copy yet, while the mirror runs and the others follow. Goes on with
 * what an interrupted one left, where the journal still holds all that followed.
 */
final class MoreStandbys {
  private static final Duration LARGE_TRANSACTION = Duration.ofMinutes(30);
  private static final Duration LOOK = Duration.ofMillis(200);

  /** How often a copy makes way for whoever wants to alter a table. */
  private static final int MOST_ATTEMPTS = 10;

  private final MirrorConfig config;
  private final Journal journal;
  private final MirrorFacts facts;
  private final Source source;
  private final SchemaSource schema;
  private final int jobs;
  private final PrintWriter out;

  /**
   * @param facts of a mirror that is complete
   * @param out told what is done, for people
   */
  MoreStandbys(
      MirrorConfig config,
      Journal journal,
      MirrorFacts facts,
      Source source,
      SchemaSource schema,
      int jobs,
      PrintWriter out) {
    this.config = config;
    this.journal = journal;
    this.facts = facts;
    this.source = source;
    this.schema = schema;
    this.jobs = jobs;
    this.out = out;
  }

  void add(List<StandbyFill> fills) throws InterruptedException {
    new Obstacles(config, facts.source(), source, true).requireNone(fills);
    for (StandbyFill fill : fills) {
      Optional<CopyStart> former = former(fill);
      int attempt = 1;
      while (!add(fill, former, attempt)) {
        attempt++;
      }
      out.println(
          fill.name()
              + " is filled; a running understudy run of this configuration takes it up by itself");
    }
    source.tellSequences(); // the reader tells of those alone that move
  }

  /**
   * What another one began that was interrupted, if its standby's applier can still begin there.
   */
  private Optional<CopyStart> former(StandbyFill fill) {
    Optional<CopyStart> former = fill.startBeside();
    Optional<String> lost = former.flatMap(CopyStart::behind).flatMap(this::lost);
    lost.ifPresent(
        why ->
            out.println(
                fill.name()
                    + ": what an interrupted init copied is of no use any more, all is copied anew: "
                    + why));
    return lost.isPresent() ? Optional.empty() : former;
  }

  /** Why an applier cannot begin there; empty if it can. */
  private Optional<String> lost(Progress behind) {
    if (!behind.topicId().equals(facts.journalTopicId())) {
      return Optional.of("the journal is another one since");
    }
    if (!behind.epoch().equals(facts.epoch())) {
      return Optional.of("the source is another one since");
    }
    return journal.firstOffset() > behind.offset() + 1
        ? Optional.of("the journal does not hold all that followed (journal.retention)")
        : Optional.empty();
  }

  /**
   * The journal's end comes before the snapshot: what the applier finds behind it, and the snapshot
   * shows, it leaves out.
   *
   * @param former what this one goes on with
   * @return false if the copy made way for somebody
   */
  private boolean add(StandbyFill fill, Optional<CopyStart> former, int attempt)
      throws InterruptedException {
    Progress behind =
        former.isPresent()
            ? former.get().behind().orElseThrow()
            : Progress.at(completeTail(), facts.journalTopicId());
    try (InitialCopy copy = source.beside(table -> true, jobs, locked -> {})) {
      out.println("snapshot of " + facts.source() + " at " + copy.position().encoded());
      if (!takeSchema(copy, attempt)) {
        return false;
      }
      CopyStart start = former.orElse(new CopyStart(copy.position(), Optional.of(behind)));
      fill.makeTables(schema, copy, former.isPresent());
      fill.copy(copy, start, former.isPresent(), new LogKept(source, copy.position()));
      fill.schemaIsOf(start.moment());
      fill.finish(copy.tables(), source.rules(), jobs);
    }
    fill.end(behind);
    return true;
  }

  /**
   * Whoever waits to alter a table waits for the copy, and the program that dumps the schema would
   * wait for that one.
   */
  private boolean takeSchema(InitialCopy copy, int attempt) throws InterruptedException {
    try {
      schema.takeAt(copy.snapshot());
      return true;
    } catch (MirrorException.Operator e) {
      String waiting = copy.inTheWayOf().orElse("");
      if (waiting.isEmpty() || attempt == MOST_ATTEMPTS) {
        throw e;
      }
      out.println("the copy makes way for " + waiting + ", and begins once more");
      return false;
    }
  }

  /** The journal's last record, once no large transaction is under way. */
  private JournalEntry completeTail() throws InterruptedException {
    long deadline = System.nanoTime() + LARGE_TRANSACTION.toNanos();
    while (System.nanoTime() < deadline) {
      Optional<JournalEntry> tail = journal.tail();
      if (tail.isPresent()
          && !(tail.get().record().body() instanceof Body.Piece piece && !piece.last())) {
        return tail.get();
      }
      Thread.sleep(LOOK.toMillis());
    }
    throw new MirrorException.Transient(
        "the reader of mirror "
            + config.mirror()
            + " has been in the middle of one transaction for "
            + LARGE_TRANSACTION.toMinutes()
            + " minutes",
        null);
  }
}
