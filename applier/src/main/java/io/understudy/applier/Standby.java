package io.understudy.applier;

import io.understudy.journal.DatabaseSettings;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import io.understudy.journal.Relation;
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
  List<String> differences(List<Relation> tables);

  /**
   * As {@link #differences(List)}, and in what way the standby's tables do not have the rules of
   * the source's, for standbys that obey them while they follow.
   */
  default List<String> differences(List<Relation> tables, List<TableRules> rules) {
    return differences(tables);
  }

  /** Those of {@code tables} that hold rows. */
  List<Relation> notEmpty(List<Relation> tables);

  /** Makes the place for the progress row; a row that is there stays. */
  void prepare();

  /** The progress row; empty if {@code init} did not complete here. */
  Optional<Progress> progress();

  /** Whether an interrupted {@link #beginCopy} left this standby half filled. */
  boolean copyInterrupted();

  /** Whether this database was opened for writing by a promotion, and is no standby since. */
  boolean wasOpened();

  /**
   * Marks the standby as being filled, holds others off from writing, and empties {@code tables} by
   * one statement. An applier of this mirror, and whoever began to fill it before, cannot write
   * here from then on.
   */
  void beginCopy(List<Relation> tables);

  /**
   * Adds the rows in {@code rows} (the format that {@code InitialCopy} of the connectors describes:
   * tab-separated, {@code \N} for NULL) to a table, in one transaction, without firing triggers or
   * checking foreign keys.
   *
   * @return the number of rows
   * @throws MirrorException.Superseded if another copy was begun since {@link #beginCopy}
   */
  long copyIn(Relation table, InputStream rows) throws IOException;

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

  /**
   * Goes on after the session that {@link #takeOver} gave was lost. Ends what may be left of that
   * one first, so that its last commit has happened or never will.
   *
   * @throws MirrorException.Superseded if somebody else took the role since
   */
  StandbySession resume(String owner);

  /**
   * Makes this database one that can be written to, and raises every sequence past the highest
   * value of the columns that draw from it. No applier can write here from then on. May be
   * repeated.
   *
   * @return a line on each thing done, for people
   */
  List<String> open();

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
