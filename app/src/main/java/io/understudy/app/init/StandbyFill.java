package io.understudy.app.init;

import io.understudy.app.schema.SchemaCopy;
import io.understudy.app.schema.StandbySchema;
import io.understudy.applier.CopyStart;
import io.understudy.applier.CopyState;
import io.understudy.applier.Difference;
import io.understudy.applier.Progress;
import io.understudy.applier.Standby;
import io.understudy.connectors.CopyPart;
import io.understudy.connectors.InitialCopy;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.DatabaseSettings;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Position;
import io.understudy.journal.Relation;
import io.understudy.journal.TableName;
import io.understudy.journal.TableRules;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** One standby that is being filled: its schema, if that is to be made, and its rows. */
final class StandbyFill {
  /** How many objects a message names. */
  private static final int NAMED = 5;

  private final DatabaseName name;
  private final DatabaseSettings settings;
  private final Standby standby;
  private final Optional<CopyState> interrupted;
  private final boolean bare;
  private final boolean ownSchema;
  private final boolean anew;
  private final PrintWriter out;
  private final Supplier<Instant> clock;

  /** Whether the rows of all tables are as they were at one moment. */
  private boolean oneMoment = true;

  /** What is made here; null where the schema is not {@code init}'s to make. */
  private StandbySchema made;

  /** Whether the source has just what is made here. */
  private boolean asOnSource = true;

  /** Tables that the source made since: the log has them from their first row on. */
  private final Set<TableName> madeLater = new HashSet<>();

  /**
   * @param anew whether to copy all rows, whatever an interrupted copy left
   */
  StandbyFill(
      DatabaseSettings settings,
      Standby standby,
      boolean anew,
      PrintWriter out,
      Supplier<Instant> clock) {
    this.name = settings.name();
    this.settings = settings;
    this.standby = standby;
    this.bare = standby.isBare();
    this.interrupted = standby.copyState();
    this.ownSchema = standby.lacksSchema();
    this.anew = anew;
    this.out = out;
    this.clock = clock;
  }

  DatabaseName name() {
    return name;
  }

  DatabaseSettings settings() {
    return settings;
  }

  /** Whether {@code init} makes the schema, all of it or what an interrupted one did not. */
  boolean ownSchema() {
    return ownSchema;
  }

  /** Where the journal is to begin, if rows were copied for that before. */
  Optional<Position> start() {
    return former().filter(start -> start.behind().isEmpty()).map(CopyStart::moment);
  }

  /** With what a copy beside the mirror began, if rows were copied for that before. */
  Optional<CopyStart> startBeside() {
    return former().filter(start -> start.behind().isPresent());
  }

  private Optional<CopyStart> former() {
    return bare || anew ? Optional.empty() : interrupted.flatMap(CopyState::start);
  }

  /** In what way it is not fit for being filled; without its tables if those are to be made. */
  List<Difference> differences(List<Relation> tables, List<TableRules> rules) {
    return ownSchema()
        ? standby.differences(List.of(), List.of())
        : standby.differences(tables, rules);
  }

  /** Those that hold rows which nobody allowed to remove. */
  List<Relation> notEmpty(List<Relation> tables) {
    return ownSchema() || standby.copyInterrupted() ? List.of() : standby.notEmpty(tables);
  }

  /**
   * @param schema taken at the copy's snapshot
   * @param goOn whether what an interrupted copy completed is kept
   * @throws MirrorException.Refused if tables were made as they are on the source no more, and rows
   *     are still to be copied
   */
  void makeTables(SchemaSource schema, InitialCopy copy, boolean goOn) throws InterruptedException {
    standby.prepare();
    if (!ownSchema()) {
      return;
    }
    SchemaCopy current = schema.get();
    made = current.on(settings);
    warnOfRoles();
    standby.beginSchema();
    if (bare) {
      standby.rememberSchema(current.archive());
      timed("tables and all that rows need made", made::before);
    } else {
      goOnWithSchema(schema, copy, goOn);
    }
    tellThere(made.plan(bare));
  }

  /** What the source altered since is in its log behind the start, and is not made here. */
  private void goOnWithSchema(SchemaSource schema, InitialCopy copy, boolean goOn)
      throws InterruptedException {
    Optional<byte[]> remembered = standby.rememberedSchema();
    if (remembered.isEmpty()) {
      throw altered("it is not known what of");
    }
    SchemaCopy current = schema.get();
    SchemaCopy former = schema.former(remembered.get());
    made = former.on(settings);
    Set<String> differences = former.differences(current);
    asOnSource = differences.isEmpty();
    for (Relation table : asOnSource ? List.<Relation>of() : copy.tables()) {
      if (!former.has(table.table())) {
        madeLater.add(table.table());
      }
    }
    if (!asOnSource && !(goOn && isComplete(wanted(copy.tables())))) {
      throw altered(
          differences.stream().limit(NAMED).collect(Collectors.joining(", "))
              + (differences.size() > NAMED ? " and more" : ""));
    }
  }

  private List<Relation> wanted(List<Relation> tables) {
    return tables.stream().filter(table -> !madeLater.contains(table.table())).toList();
  }

  private boolean isComplete(List<Relation> tables) {
    Set<TableName> complete = interrupted.map(state -> state.complete().keySet()).orElse(Set.of());
    return tables.stream().map(Relation::table).allMatch(complete::contains);
  }

  private MirrorException altered(String what) {
    return new MirrorException.Refused(
        "the schema of the source was altered since tables of "
            + name
            + " were made, and rows are still to be copied into them: "
            + what,
        "make "
            + name
            + " anew, with nothing in it (DROP DATABASE, CREATE DATABASE), and run understudy init"
            + " again");
  }

  private void warnOfRoles() {
    Set<String> missing = made.missingRoles();
    if (!missing.isEmpty()) {
      out.println(
          "warning: "
              + name
              + " lacks roles "
              + String.join(", ", missing)
              + ": what they own belongs to "
              + settings.user()
              + " there, and what they may do is left out; make them first to have it as it is"
              + " (pg_dumpall --roles-only)");
    }
  }

  /**
   * Copies the rows.
   *
   * @param start of this copy, or of the one that it goes on with
   * @param goOn whether what an interrupted copy completed is kept
   */
  void copy(InitialCopy copy, CopyStart start, boolean goOn, LogKept kept)
      throws InterruptedException {
    List<Relation> tables = wanted(copy.tables());
    Map<TableName, Position> complete =
        goOn ? interrupted.map(CopyState::complete).orElse(Map.of()) : Map.of();
    if (goOn) {
      out.println(
          name
              + ": going on with the copy; "
              + complete.size()
              + " of "
              + tables.size()
              + " tables are complete");
      standby.continueCopy(tables);
    } else {
      standby.beginCopy(tables, start);
    }
    List<CopyPart> parts =
        copy.parts().stream()
            .filter(part -> !complete.containsKey(part.table().table()))
            .filter(part -> !madeLater.contains(part.table().table()))
            .toList();
    Set<Position> moments = new HashSet<>();
    complete.values().forEach(moments::add);
    parts.forEach(part -> moments.add(copy.position()));
    oneMoment = moments.size() < 2;
    CopyProgress progress =
        new CopyProgress(name, parts, kept::tell, out, clock, CopyProgress.onTerminal());
    new TableCopies(copy, standby, progress, table -> finish(table, progress)).run(parts);
  }

  /** Keys and indexes wait for the disk, which goes well with rows of other tables. */
  private void finish(TableName table, CopyProgress progress) throws InterruptedException {
    if (!ownSchema()) {
      return;
    }
    Instant began = clock.get();
    int count = made.finish(table);
    if (count > 0) {
      progress.say(took(count + " keys and indexes of " + table + " made", began));
    }
  }

  /** What is better made when the rows are there. */
  void finish(List<Relation> tables, List<TableRules> rules, int jobs) throws InterruptedException {
    if (ownSchema()) {
      timed(
          "keys, indexes, constraints and the rest of the schema made",
          () -> standby.later(made.finish(jobs, oneMoment)));
      if (!oneMoment) {
        out.println(
            name
                + ": foreign keys and contents of materialized views follow when its applier is past"
                + " the moment of the last copy");
      }
      List<Difference> differences = asOnSource ? standby.differences(tables, rules) : List.of();
      if (!differences.isEmpty()) {
        throw new MirrorException.Operator(
            "the schema that was made on "
                + name
                + " is not the source's:\n  - "
                + differences.stream()
                    .map(Difference::sentence)
                    .collect(Collectors.joining("\n  - ")),
            "if the source was altered meanwhile, empty "
                + name
                + " and run understudy init again");
      }
    }
    timed("tables analyzed", () -> Parallel.each(jobs, wanted(tables), standby::analyze));
  }

  private void tellThere(int parts) {
    if (parts > 0) {
      out.println(
          name + ": " + parts + " keys, indexes, constraints and the like are there already");
    }
  }

  /** The schema has no need of changes that the journal holds up to there. */
  void schemaIsOf(Position position) {
    standby.completeSchema(position);
  }

  /** Whether it follows, or did: no copy is wanted. */
  boolean isComplete(String topicId) {
    return standby.progress().filter(progress -> progress.topicId().equals(topicId)).isPresent()
        && !standby.copyInterrupted();
  }

  /** Whether a promotion opened it for writing. */
  boolean wasOpened() {
    return standby.wasOpened();
  }

  /** Its applier is to begin behind that. */
  void end(Progress behind) {
    standby.endCopy(behind);
  }

  private interface Step {
    void run() throws InterruptedException;
  }

  private void timed(String what, Step step) throws InterruptedException {
    Instant began = clock.get();
    step.run();
    out.println(name + ": " + took(what, began));
    out.flush();
  }

  private String took(String what, Instant began) {
    double seconds = Duration.between(began, clock.get()).toMillis() / 1e3;
    return String.format(Locale.ROOT, "%s, %.1f s", what, seconds);
  }
}
