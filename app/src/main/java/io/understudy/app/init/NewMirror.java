package io.understudy.app.init;

import static java.util.stream.Collectors.toSet;

import io.understudy.app.config.MirrorConfig;
import io.understudy.app.run.Databases;
import io.understudy.applier.CopyStart;
import io.understudy.applier.Progress;
import io.understudy.connectors.InitialCopy;
import io.understudy.connectors.LogEnd;
import io.understudy.connectors.Source;
import io.understudy.connectors.SourceIdentity;
import io.understudy.connectors.Unmirrored;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.Epoch;
import io.understudy.journal.JournalEntry;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Position;
import io.understudy.journal.Relation;
import io.understudy.journal.kafka.FactChanges;
import io.understudy.journal.kafka.Journal;
import io.understudy.journal.kafka.JournalWriter;
import io.understudy.journal.kafka.MirrorFacts;
import io.understudy.journal.kafka.StateStore;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Prepares the source's log, copies what the tables hold at exactly the position where the log will
 * be read from, and begins the journal there. Goes on with what an interrupted one left, where the
 * source still keeps the log that takes.
 */
final class NewMirror {
  private final MirrorConfig config;
  private final Journal journal;
  private final boolean again;
  private final int jobs;
  private final PrintWriter out;
  private final Supplier<Instant> clock;

  NewMirror(
      MirrorConfig config,
      Journal journal,
      boolean again,
      int jobs,
      PrintWriter out,
      Supplier<Instant> clock) {
    this.config = config;
    this.journal = journal;
    this.again = again;
    this.jobs = jobs;
    this.out = out;
    this.clock = clock;
  }

  void make(
      DatabaseName sourceName,
      Epoch epoch,
      Source source,
      List<StandbyFill> fills,
      SchemaSource schema)
      throws InterruptedException {
    List<Relation> tables = new Obstacles(config, sourceName, source, again).requireNone(fills);
    source.unmirrored().forEach(left -> out.println(line(sourceName, left)));
    String topicId = emptyJournal();
    journal.warnings().forEach(warning -> out.println("warning: " + warning));
    Optional<Position> former = commonStart(fills);
    Optional<InitialCopy> more = former.flatMap(start -> source.prepareAgain(start, jobs));
    boolean keepsRows = more.isPresent();
    try {
      MirrorFacts facts;
      Position start;
      LogEnd end;
      try (InitialCopy copy = more.orElseGet(() -> source.prepare(jobs))) {
        requireSame(tables, copy.tables(), sourceName);
        SourceIdentity identity = source.identity();
        facts =
            new MirrorFacts(
                epoch,
                sourceName,
                identity.engine(),
                identity.system(),
                identity.timeline(),
                identity.keeper(),
                topicId,
                MirrorFacts.State.INITIALIZING,
                Optional.empty(),
                clock.get());
        store(facts);
        end = source.logEnd();
        out.println("snapshot of " + sourceName + " at " + copy.position().encoded());
        start = more.isPresent() ? former.orElseThrow() : copy.position();
        LogKept kept = new LogKept(source, start);
        schema.takeAt(copy.snapshot()); // whatever is made later is in the log
        for (StandbyFill fill : fills) {
          fill.makeTables(schema, copy, more.isPresent());
          forgetFormerSource(fill.name(), epoch);
          fill.copy(copy, new CopyStart(start, Optional.empty()), more.isPresent(), kept);
          keepsRows = true;
        }
      }
      for (StandbyFill fill : fills) {
        fill.finish(tables, source.rules(), jobs);
      }
      JournalEntry first = begin(topicId, epoch, start, end.now());
      fills.forEach(fill -> fill.end(Progress.at(first, topicId)));
      forgetFormers();
      store(facts.in(MirrorFacts.State.MIRRORING, Optional.empty(), clock.get()));
    } catch (RuntimeException | InterruptedException e) {
      giveUp(source, keepsRows, e);
      throw e;
    }
    out.println(
        "mirror "
            + config.mirror()
            + " is made: "
            + tables.size()
            + " tables; run it: understudy run");
  }

  /** Where all standbys' interrupted copies want the journal to begin. */
  private static Optional<Position> commonStart(List<StandbyFill> fills) {
    Set<Optional<Position>> starts = fills.stream().map(StandbyFill::start).collect(toSet());
    return starts.size() == 1 ? starts.iterator().next() : Optional.empty();
  }

  private static String line(DatabaseName source, Unmirrored left) {
    return "not mirrored: "
        + source
        + ": "
        + left.objects()
        + ": "
        + left.consequence()
        + "; "
        + left.remedy();
  }

  private static void requireSame(
      List<Relation> checked, List<Relation> copied, DatabaseName source) {
    if (!checked.equals(copied)) {
      throw new MirrorException.Transient(
          "tables of " + source + " were altered while the copy was being prepared", null);
    }
  }

  /** What keeps the log is of use only where another init goes on with the copy. */
  private void giveUp(Source source, boolean keepsRows, Exception reason) {
    if (keepsRows) {
      out.println(
          reason instanceof MirrorException.Refused
              ? "the source's log is kept meanwhile"
              : "what was copied is kept, and so is the source's log: understudy init goes on with it");
      return;
    }
    try {
      source.forget();
    } catch (MirrorException e) {
      reason.addSuppressed(e);
    }
  }

  /**
   * A journal without records: the one there is if nothing was written to it, a new one otherwise,
   * and for a mirror that is made again.
   */
  private String emptyJournal() {
    return !again && journal.tail().isEmpty() ? journal.check() : journal.recreate();
  }

  /** After a promotion, a standby may have been the source and keep its log for nobody since. */
  private void forgetFormerSource(DatabaseName name, Epoch epoch) {
    if (epoch.equals(Epoch.FIRST)) {
      return;
    }
    try (Source former = Databases.source(config, name)) {
      former.forget();
    } catch (MirrorException e) {
      out.println(
          "warning: what mirrored "
              + name
              + " when it was the source may still be there, and keep its log: "
              + e.getMessage());
    }
  }

  /** All standbys are copies of this source now: nothing is owed to any that was it before. */
  private void forgetFormers() {
    try (StateStore store = journal.state()) {
      FactChanges changes = new FactChanges();
      store.read().formers().forEach(it -> changes.removeFormer(it.database()));
      store.write(changes);
    }
  }

  private void store(MirrorFacts facts) {
    try (StateStore store = journal.state()) {
      store.put(facts);
    }
  }

  private JournalEntry begin(String topicId, Epoch epoch, Position start, Instant now) {
    try (JournalWriter writer = journal.takeOver(topicId)) {
      return writer.first(epoch, start, now);
    }
  }
}
