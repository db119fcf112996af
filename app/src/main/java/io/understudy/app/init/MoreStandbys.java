package io.understudy.app.init;

import io.understudy.app.config.MirrorConfig;
import io.understudy.connectors.InitialCopy;
import io.understudy.connectors.Source;
import io.understudy.journal.Body;
import io.understudy.journal.JournalEntry;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Position;
import io.understudy.journal.kafka.Journal;
import io.understudy.journal.kafka.MirrorFacts;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Fills standbys that have no copy yet, while the mirror runs and the others follow. */
final class MoreStandbys {
  private static final Duration LARGE_TRANSACTION = Duration.ofMinutes(30);
  private static final Duration LOOK = Duration.ofMillis(200);

  /** How often a copy makes way for whoever wants to alter a table. */
  private static final int MOST_ATTEMPTS = 10;

  private final MirrorConfig config;
  private final Journal journal;
  private final int jobs;
  private final PrintWriter out;

  MoreStandbys(MirrorConfig config, Journal journal, int jobs, PrintWriter out) {
    this.config = config;
    this.journal = journal;
    this.jobs = jobs;
    this.out = out;
  }

  void add(MirrorFacts facts, Source source, List<StandbyFill> fills, SchemaSource schema)
      throws InterruptedException {
    new Obstacles(config, facts.source(), source, true).requireNone(fills);
    for (StandbyFill fill : fills) {
      int attempt = 1;
      while (!add(facts, source, fill, schema, attempt)) {
        attempt++;
      }
      out.println(
          fill.name()
              + " is filled; a running understudy run of this configuration takes it up by itself");
    }
    source.tellSequences(); // the reader tells of those alone that move
  }

  /**
   * The journal's end comes before the snapshot: what the applier finds behind it, and the snapshot
   * shows, it leaves out.
   *
   * @return false if the copy made way for somebody
   */
  private boolean add(
      MirrorFacts facts, Source source, StandbyFill fill, SchemaSource schema, int attempt)
      throws InterruptedException {
    JournalEntry end = completeTail();
    try (InitialCopy copy = source.beside(table -> true, jobs, locked -> {})) {
      Position moment = copy.position();
      out.println("snapshot of " + facts.source() + " at " + moment.encoded());
      if (!takeSchema(schema, copy, attempt)) {
        return false;
      }
      fill.makeTables(schema, copy, false);
      fill.copy(copy, moment, false, new LogKept(source, moment));
      fill.schemaIsOf(moment);
      fill.finish(copy.tables(), source.rules(), jobs);
    }
    fill.end(end, facts.journalTopicId());
    return true;
  }

  /**
   * Whoever waits to alter a table waits for the copy, and the program that dumps the schema would
   * wait for that one.
   */
  private boolean takeSchema(SchemaSource schema, InitialCopy copy, int attempt)
      throws InterruptedException {
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
