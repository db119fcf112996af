package io.understudy.app.init;

import io.understudy.app.config.MirrorConfig;
import io.understudy.app.run.Databases;
import io.understudy.app.run.Formers;
import io.understudy.applier.Standby;
import io.understudy.connectors.Source;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.DatabaseSettings;
import io.understudy.journal.Epoch;
import io.understudy.journal.MirrorException;
import io.understudy.journal.kafka.Journal;
import io.understudy.journal.kafka.MirrorFacts;
import io.understudy.journal.kafka.StateStore;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Makes a mirror, or adds standbys to one that is complete, once nothing stands in the way.
 *
 * <p>Interrupted anywhere, it leaves facts that say so, and another one goes on with what is not
 * done, where the source still keeps the log that takes. What it must not do by itself, it refuses:
 * emptying a standby that holds rows, and replacing a mirror that is complete.
 */
public final class Init {
  /** Each takes a session on either side. */
  public static final int MOST_JOBS = 8;

  private final MirrorConfig config;
  private final Journal journal;
  private final boolean again;
  private final int jobs;
  private final PrintWriter out;
  private final Supplier<Instant> clock;

  /**
   * @param again whether a complete mirror, and what the standbys hold, may be replaced
   * @param jobs how many parts of tables are copied at the same time
   * @param out told what is done, for people
   */
  public Init(
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

  public void run() throws InterruptedException {
    journal.createMissing();
    Optional<MirrorFacts> former;
    try (StateStore store = journal.state()) {
      former = store.read().mirror();
    }
    if (!again
        && former.filter(facts -> facts.state() == MirrorFacts.State.MIRRORING).isPresent()) {
      journal.check(former.get().journalTopicId());
      add(former.get());
      return;
    }
    former.ifPresent(this::requireReplaceable);
    if (!again) {
      journal.check();
    }
    DatabaseName sourceName = former.map(MirrorFacts::source).orElse(config.source());
    Epoch epoch = former.map(MirrorFacts::epoch).orElse(Epoch.FIRST);
    with(
        sourceName,
        (source, fills) -> {
          if (former.isEmpty()) {
            fills.forEach(this::requireNeverPromoted);
          }
          try (SchemaSource schema = schema(sourceName, fills)) {
            new NewMirror(config, journal, again, jobs, out, clock)
                .make(sourceName, epoch, source, fills, schema);
          }
        });
  }

  /** Fills the standbys that have no copy yet, while the others follow. */
  private void add(MirrorFacts facts) throws InterruptedException {
    with(
        facts.source(),
        (source, opened) -> {
          List<StandbyFill> fills =
              opened.stream().filter(fill -> !fill.isComplete(facts.journalTopicId())).toList();
          if (fills.isEmpty()) {
            requireReplaceable(facts);
          }
          fills.forEach(fill -> requireNothingOwed(fill.name()));
          fills.forEach(this::requireNeverPromoted);
          try (SchemaSource schema = schema(facts.source(), fills)) {
            new MoreStandbys(config, journal, facts, source, schema, jobs, out).add(fills);
          }
        });
  }

  private interface Work {
    void on(Source source, List<StandbyFill> fills) throws InterruptedException;
  }

  /** With the source and all its standbys open. */
  private void with(DatabaseName sourceName, Work work) throws InterruptedException {
    List<Standby> standbys = new ArrayList<>();
    try (Source source = Databases.source(config, sourceName, journal)) {
      List<StandbyFill> fills = new ArrayList<>();
      for (DatabaseName name : config.standbys(sourceName)) {
        Standby standby = Databases.standby(config, name);
        standbys.add(standby);
        fills.add(new StandbyFill(config.database(name), standby, again, out, clock));
      }
      work.on(source, fills);
    } finally {
      standbys.forEach(Standby::close);
    }
  }

  private SchemaSource schema(DatabaseName sourceName, List<StandbyFill> fills) {
    List<DatabaseSettings> bare =
        fills.stream().filter(StandbyFill::ownSchema).map(StandbyFill::settings).toList();
    return new SchemaSource(config, sourceName, bare);
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
    if (!facts.state().isResting()) {
      throw new MirrorException.Refused(
          "a change of the source was begun and is not complete: " + facts.state(),
          "see understudy status; to complete it: understudy promote --to "
              + facts.target().map(Object::toString).orElse("DB"));
    }
  }

  /** One that was the source may hold what no other database has. */
  private void requireNothingOwed(DatabaseName name) {
    try (StateStore store = journal.state()) {
      if (Formers.find(store.read(), name).isPresent()) {
        throw new MirrorException.Refused(
            name + " was the source, and may hold what no other database has",
            "see understudy status; understudy init --again makes all standbys anew, and replaces"
                + " what it holds");
      }
    }
  }

  /** Without the journal, nobody but such a database itself knows that it became the source. */
  private void requireNeverPromoted(StandbyFill fill) {
    DatabaseName name = fill.name();
    if (fill.wasOpened()) {
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
}
