package io.understudy.app.init;

import io.understudy.app.config.MirrorConfig;
import io.understudy.app.run.Databases;
import io.understudy.applier.Progress;
import io.understudy.applier.Standby;
import io.understudy.connectors.InitialCopy;
import io.understudy.connectors.LogEnd;
import io.understudy.connectors.Source;
import io.understudy.connectors.SourceIdentity;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.Epoch;
import io.understudy.journal.JournalEntry;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Relation;
import io.understudy.journal.Sequence;
import io.understudy.journal.TableRules;
import io.understudy.journal.kafka.Journal;
import io.understudy.journal.kafka.JournalWriter;
import io.understudy.journal.kafka.MirrorFacts;
import io.understudy.journal.kafka.StateStore;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Makes a mirror: finds all that stands in its way, prepares the source's log, copies what the
 * tables hold at exactly the position where the log will be read from, and begins the journal
 * there.
 *
 * <p>Interrupted anywhere, it leaves facts that say so, and is repeated from the start. What it
 * must not do by itself, it refuses: emptying a standby that holds rows, and replacing a mirror
 * that is complete.
 */
public final class Init {
  private final MirrorConfig config;
  private final Journal journal;
  private final boolean again;
  private final PrintWriter out;
  private final Supplier<Instant> clock;

  /**
   * @param again whether a complete mirror, and what the standbys hold, may be replaced
   * @param out told what is done, for people
   */
  public Init(
      MirrorConfig config,
      Journal journal,
      boolean again,
      PrintWriter out,
      Supplier<Instant> clock) {
    this.config = config;
    this.journal = journal;
    this.again = again;
    this.out = out;
    this.clock = clock;
  }

  public void run() throws InterruptedException {
    journal.createMissing();
    Optional<MirrorFacts> former;
    try (StateStore store = journal.state()) {
      former = store.read().mirror();
    }
    former.ifPresent(this::requireReplaceable);
    if (!again) {
      journal.check();
    }
    DatabaseName sourceName = former.map(MirrorFacts::source).orElse(config.source());
    Epoch epoch = former.map(MirrorFacts::epoch).orElse(Epoch.FIRST);

    Map<DatabaseName, Standby> standbys = new LinkedHashMap<>();
    try (Source source = Databases.source(config, sourceName, journal)) {
      for (DatabaseName name : config.standbys(sourceName)) {
        standbys.put(name, Databases.standby(config, name));
      }
      if (former.isEmpty()) {
        standbys.forEach(this::requireNeverPromoted);
      }
      List<Relation> tables = requireNoObstacle(sourceName, source, standbys);
      make(sourceName, epoch, source, standbys, tables);
    } finally {
      standbys.values().forEach(Standby::close);
    }
  }

  private void requireReplaceable(MirrorFacts facts) {
    boolean complete = facts.state() != MirrorFacts.State.INITIALIZING;
    if (complete && !again) {
      throw new MirrorException.Refused(
          "mirror "
              + config.mirror()
              + " is complete: "
              + facts.source()
              + " is its source in epoch "
              + facts.epoch(),
          "to run it: understudy run; to copy everything once more, replacing its journal and what the standbys hold:"
              + " understudy init --again");
    }
    if (facts.state() == MirrorFacts.State.PROMOTING) {
      throw new MirrorException.Refused(
          "a promotion was begun and is not complete",
          "complete it: understudy promote --to "
              + facts.target().map(Object::toString).orElse("DB"));
    }
  }

  /** Without the journal, nobody but such a database itself knows that it became the source. */
  private void requireNeverPromoted(DatabaseName name, Standby standby) {
    if (standby.wasOpened()) {
      throw new MirrorException.Refused(
          name
              + " was promoted, and the journal that knew it is gone: it may hold what "
              + config.source()
              + " lacks",
          "name the database whose rows are wanted as source in the configuration; to have "
              + name
              + " overwritten nevertheless, drop its table understudy.mirror first");
    }
  }

  private List<Relation> requireNoObstacle(
      DatabaseName sourceName, Source source, Map<DatabaseName, Standby> standbys) {
    List<String> obstacles = new ArrayList<>();
    source
        .obstacles()
        .forEach(
            o ->
                obstacles.add(
                    sourceName + ": " + o.object() + ": " + o.problem() + "; " + o.remedy()));
    List<Relation> tables = source.tables();
    if (tables.isEmpty() && obstacles.isEmpty()) {
      obstacles.add(sourceName + ": no table matches tables.include in the configuration");
    }
    List<TableRules> rules = source.rules();
    Map<DatabaseName, List<Relation>> filled = new LinkedHashMap<>();
    standbys.forEach(
        (name, standby) -> {
          List<String> differences = standby.differences(tables, rules);
          differences.forEach(difference -> obstacles.add(name + ": " + difference));
          if (differences.isEmpty() && !again && !standby.copyInterrupted()) {
            filled.put(name, standby.notEmpty(tables));
          }
        });
    if (!obstacles.isEmpty()) {
      throw new MirrorException.Operator(
          "mirror "
              + config.mirror()
              + " cannot be made yet:\n  - "
              + String.join("\n  - ", obstacles),
          "do what stands behind each line, then run understudy init again");
    }
    filled.forEach(Init::requireEmpty);
    return tables;
  }

  private static void requireEmpty(DatabaseName name, List<Relation> filled) {
    if (!filled.isEmpty()) {
      throw new MirrorException.Refused(
          "tables of "
              + name
              + " hold rows: "
              + String.join(", ", filled.stream().map(r -> r.table().toString()).toList()),
          "empty them, or let init do it: understudy init --again");
    }
  }

  private void make(
      DatabaseName sourceName,
      Epoch epoch,
      Source source,
      Map<DatabaseName, Standby> standbys,
      List<Relation> tables)
      throws InterruptedException {
    boolean complete = false;
    try {
      String topicId = emptyJournal();
      journal.warnings().forEach(warning -> out.println("warning: " + warning));
      MirrorFacts made;
      try (InitialCopy copy = source.prepare()) {
        SourceIdentity identity = source.identity();
        MirrorFacts facts =
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
        LogEnd end = source.logEnd();
        out.println("snapshot of " + sourceName + " at " + copy.position().encoded());
        for (Map.Entry<DatabaseName, Standby> standby : standbys.entrySet()) {
          forgetFormerSource(standby.getKey(), epoch);
          copyAll(copy, tables, standby.getKey(), standby.getValue());
        }
        JournalEntry first = begin(topicId, epoch, copy, end.now());
        standbys.values().forEach(standby -> standby.endCopy(progress(first, topicId)));
        made = facts;
      }
      store(made.in(MirrorFacts.State.MIRRORING, Optional.empty(), clock.get()));
      complete = true;
      out.println(
          "mirror "
              + config.mirror()
              + " is made: "
              + tables.size()
              + " tables; run it: understudy run");
    } finally {
      if (!complete) {
        // Without its snapshot what keeps the log is of no use, and would keep the source's log for
        // nobody.
        source.forget();
      }
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

  private void store(MirrorFacts facts) {
    try (StateStore store = journal.state()) {
      store.put(facts);
    }
  }

  private void copyAll(InitialCopy copy, List<Relation> tables, DatabaseName name, Standby standby)
      throws InterruptedException {
    standby.prepare();
    standby.beginCopy(tables);
    CopyProgress progress = new CopyProgress(out, clock);
    int number = 0;
    for (Relation table : tables) {
      progress.begin(
          name, table.table(), ++number, tables.size(), copy.estimatedRows(table.table()));
      progress.end(TablePipe.copy(copy, table, standby, progress::rows));
    }
  }

  private JournalEntry begin(String topicId, Epoch epoch, InitialCopy copy, Instant now) {
    try (JournalWriter writer = journal.takeOver(topicId)) {
      return writer.first(epoch, copy.position(), now);
    }
  }

  private static Progress progress(JournalEntry first, String topicId) {
    return new Progress(
        first.record().epoch(),
        Sequence.ZERO,
        first.record().position(),
        first.record().commitTime(),
        topicId,
        first.offset());
  }
}
