package io.understudy.applier;

import io.understudy.journal.DatabaseProfile;
import io.understudy.journal.DatabaseSettings;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import io.understudy.journal.Position;
import io.understudy.journal.Relation;
import io.understudy.journal.RowForm;
import io.understudy.journal.Sequence;
import io.understudy.journal.TableRules;
import io.understudy.journal.UrlForm;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/**
 * One database in the role of a standby. Safe for use by several threads; connections come from a
 * bounded pool. Every method throws {@link MirrorException} by its kind: transient when the server
 * is away, operator when something has to be changed there, with the statement that changes it.
 */
public interface Standby extends AutoCloseable {

  /**
   * In what way the standby's tables are not those of the source: missing tables, missing or
   * additional columns, other types, other keys; one sentence with its remedy each. Changes
   * nothing.
   */
  List<Difference> differences(List<Relation> tables);

  /**
   * As {@link #differences(List)}, and in what way the standby's tables do not have the rules of
   * the source's, for standbys that obey them while they follow.
   */
  default List<Difference> differences(List<Relation> tables, List<TableRules> rules) {
    return differences(tables);
  }

  /** What has to fit the source's; empty on engines that do not tell yet. */
  default Optional<DatabaseProfile> profile() {
    return Optional.empty();
  }

  /** Those of {@code tables} that hold rows. */
  List<Relation> notEmpty(List<Relation> tables);

  /** A statement that empties tables, for people; empty on engines that have none for several. */
  default Optional<String> emptying(List<Relation> tables) {
    return Optional.empty();
  }

  /** Makes the place for the progress row; a row that is there stays. */
  void prepare();

  /** The progress row; empty if {@code init} did not complete here. */
  Optional<Progress> progress();

  /** Whether an interrupted {@link #beginCopy} left this standby half filled. */
  boolean copyInterrupted();

  /**
   * How far it came; empty if there was none, and on engines where {@code init} begins anew each
   * time.
   */
  default Optional<CopyState> copyState() {
    return Optional.empty();
  }

  /**
   * Whether this database holds nothing of a user's, so that {@code init} makes the schema; false
   * on engines where it cannot.
   */
  default boolean isBare() {
    return false;
  }

  /**
   * Whether {@code init} makes this database's schema: all of it, or what one that was interrupted
   * did not.
   */
  default boolean lacksSchema() {
    return isBare() || copyState().filter(CopyState::ownSchema).isPresent();
  }

  /**
   * Marks the standby as being filled by an {@code init} that makes the schema, too, and ends what
   * an earlier one may still be doing.
   */
  default void beginSchema() {
    throw new IllegalStateException("this engine's schemas are not made by init");
  }

  /**
   * Remembers, until the copy is complete, the schema that is about to be made.
   *
   * @param archive as the program wrote that dumped it
   * @throws MirrorException.Superseded if another one was begun since {@link #beginSchema}
   */
  default void rememberSchema(byte[] archive) {
    throw new IllegalStateException("this engine's schemas are not made by init");
  }

  /** What was remembered; empty if nothing was. */
  default Optional<byte[]> rememberedSchema() {
    return Optional.empty();
  }

  /** Whether this database was opened for writing by a promotion, and is no standby since. */
  boolean wasOpened();

  /**
   * How far it is behind the source of a journal; empty if it is no standby of that, or not filled.
   *
   * @param topicId Kafka's id of the journal's topic
   */
  default Optional<Progress> following(String topicId) {
    return progress()
        .filter(it -> it.topicId().equals(topicId))
        .filter(it -> !copyInterrupted() && !wasOpened());
  }

  /**
   * Marks the standby as being filled, holds others off from writing, and empties {@code tables} by
   * one statement. An applier of this mirror, and whoever began to fill it before, cannot write
   * here from then on.
   */
  void beginCopy(List<Relation> tables);

  /**
   * As {@link #beginCopy(List)}, and remembers what the copy begins with, for another one that may
   * have to go on with it.
   */
  default void beginCopy(List<Relation> tables, CopyStart start) {
    beginCopy(tables);
  }

  /**
   * Goes on with a copy that was interrupted: as {@link #beginCopy(List)}, but what its {@link
   * #copyState} calls complete is kept, and its start.
   */
  default void continueCopy(List<Relation> tables) {
    throw new IllegalStateException("this engine's copies begin anew");
  }

  /**
   * Remembers that a table has all its rows as they were at {@code position}. An applier leaves out
   * what the journal holds of it up to there.
   *
   * @throws MirrorException.Superseded if another copy was begun since
   */
  default void completeTable(Relation table, Position position) {}

  /**
   * Remembers statements that the applier is to run when all tables are of one moment: until then,
   * what they say of several tables does not hold.
   *
   * @param scripts each run in a transaction of its own, in this order
   */
  default void later(List<String> scripts) {
    throw new IllegalStateException("this engine's copies are of one moment");
  }

  /**
   * Remembers that the schema is as it was at {@code position}. An applier leaves out what the
   * journal holds of its changes up to there.
   *
   * @throws MirrorException.Superseded if another copy was begun since
   */
  default void completeSchema(Position position) {
    throw new IllegalStateException("this engine's schemas are not made by init");
  }

  /** Tells the planner of the standby about a table's rows. */
  default void analyze(Relation table) {}

  /**
   * What the binary form of a table's rows is on this server; rows come so only where the source
   * says the same. Empty if there is none.
   */
  default Optional<String> binaryForm(Relation table) {
    return Optional.empty();
  }

  /**
   * Adds the rows in {@code rows} (as text, the format that {@code InitialCopy} of the connectors
   * describes: tab-separated, {@code \N} for NULL) to a table, in one transaction, without firing
   * triggers or checking foreign keys. Several threads may do so, also for the same table.
   *
   * @return the number of rows
   * @throws MirrorException.Superseded if another copy was begun since {@link #beginCopy}
   */
  long copyIn(Relation table, RowForm form, InputStream rows) throws IOException;

  /**
   * Completes the copy: from here on an applier goes on behind {@code progress}.
   *
   * @throws MirrorException.Superseded if another copy was begun since
   */
  void endCopy(Progress progress);

  /**
   * Takes the role of the applier over from whoever has it, ends that one's session, and holds
   * other writers off.
   *
   * @param owner a name nobody else ever used
   * @throws MirrorException.Operator if {@code init} did not complete here, or this database was
   *     opened for writing since
   * @throws MirrorException.Superseded if somebody else took the role while this was under way
   */
  StandbySession takeOver(String owner);

  /** As {@link #takeOver}, for whoever completes what the journal holds, paused or not. */
  default StandbySession takeOverThoughPaused(String owner) {
    return takeOver(owner);
  }

  /**
   * Goes on after the session that {@link #takeOver} gave was lost. Ends what may be left of that
   * one first, so that its last commit has happened or never will.
   *
   * @throws MirrorException.Superseded if somebody else took the role since
   */
  StandbySession resume(String owner);

  /**
   * Makes this database one that can be written to, after the source was lost: no sequence hands
   * out what the source may have handed out. No applier can write here from then on. May be
   * repeated.
   *
   * @return a line on each thing done, for people
   */
  List<String> open();

  /**
   * As {@link #open}, after a source that had its writers held off, and told all its sequences
   * then: they go on exactly where they stood.
   */
  default List<String> openExactly() {
    return open();
  }

  /** The schema change in front of which the applier waits; empty if it does not. */
  default Optional<HeldChange> heldChange() {
    return Optional.empty();
  }

  /**
   * Tells the applier what to do about a change that it waits for.
   *
   * @return whether the change still waited for that
   */
  default boolean decide(HeldChange change, HeldChange.Way way) {
    throw new IllegalStateException("this engine's schema changes do not wait");
  }

  /** Whether somebody paused the applier. */
  default boolean isPaused() {
    return false;
  }

  /**
   * Holds the applier, wherever it runs, or lets it go on.
   *
   * @return whether it was not as asked before
   * @throws MirrorException.Operator on engines where that is not possible
   */
  default boolean setPaused(boolean paused) {
    throw new MirrorException.Operator(
        "pausing is not possible on this engine yet", "stop its understudy run --role applier");
  }

  /**
   * Holds the applier, wherever it runs, to copy tables once more.
   *
   * @throws MirrorException.Refused if it waits in front of a schema change
   * @throws MirrorException.Operator on engines where that is not possible
   */
  default Refill refill() {
    throw new MirrorException.Operator(
        "copying a table once more is not possible on this engine yet",
        "understudy init --again copies all of them");
  }

  /** Where verifiers meet this standby's applier; empty on engines that have no such place yet. */
  default Optional<Rendezvous> rendezvous() {
    return Optional.empty();
  }

  /** Who may write here when the source changes; empty on engines where that is not known yet. */
  default Optional<Gate> gate() {
    return Optional.empty();
  }

  /**
   * Checks that {@link #open} would not refuse for what this standby holds.
   *
   * @param end up to where the journal goes
   * @throws MirrorException.Refused if it is not as the source ever was
   */
  default void requireOneMoment(Position end) {}

  /**
   * The transaction from which on this standby holds all rows; empty if it does already. Until then
   * rows are {@link Withheld}, and it cannot become the source.
   */
  default Optional<Sequence> wholeFrom() {
    return Optional.empty();
  }

  /** Whether the server answers, and lets others only read. For status. */
  boolean isReadOnly();

  @Override
  void close();

  /** Finds the engine that speaks a URL; by {@link java.util.ServiceLoader}. */
  interface Engine {
    boolean accepts(String jdbcUrl);

    Standby standby(MirrorName mirror, DatabaseSettings database);
  }

  /**
   * @throws MirrorException.Operator if no engine at hand speaks the database's URL
   */
  static Standby of(MirrorName mirror, DatabaseSettings database) {
    for (Engine engine :
        java.util.ServiceLoader.load(Engine.class, Engine.class.getClassLoader())) {
      if (engine.accepts(database.url())) {
        return engine.standby(mirror, database);
      }
    }
    throw new MirrorException.Operator(
        "no applier for the URL of " + database.name(), "use " + UrlForm.choices());
  }
}
