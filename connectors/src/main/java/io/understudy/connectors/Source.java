package io.understudy.connectors;

import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import io.understudy.journal.Position;
import io.understudy.journal.Relation;
import io.understudy.journal.TableRules;
import io.understudy.journal.UrlForm;
import java.util.List;
import java.util.ServiceLoader;

/**
 * One database in the role of the source. Safe for use by several threads; connections come from a
 * bounded pool. Every method throws {@link MirrorException} by its kind: transient when the server
 * is away, operator when something has to be changed there, with the statement that changes it.
 */
public interface Source extends AutoCloseable {

  /** What tells this server, and its history, from every other. */
  SourceIdentity identity();

  /** Where the source's log ends now, and what its clock says. */
  LogEnd logEnd();

  /**
   * Opens the log behind {@code after}, the tail of the journal. Checks first that the source is
   * the one that the journal was made from ({@code expected}), that its log still holds all that
   * follows {@code after}, and that nobody else reads it; ends a former session of this mirror's
   * own reader, which the journal has fenced.
   */
  SourceLog open(SourceIdentity expected, Position after);

  /**
   * Makes the log move: writes something to it that comes back as a transaction without changes.
   * Needs no table in the source.
   */
  void beat();

  /**
   * Whether the server counts a session that reads the log for this mirror. A reader that has heard
   * nothing for long asks: if there is none, its own connection is dead.
   */
  boolean hasReader();

  /**
   * The mirrored tables with their columns and keys, in name order, as the catalog has them now.
   */
  List<Relation> tables();

  /**
   * What the mirrored tables ask of their rows, where a standby has to ask the same; none where
   * standbys of the engine take rows as they come.
   */
  default List<TableRules> rules() {
    return List.of();
  }

  /** All that stands in the way of mirroring; empty if nothing does. Changes nothing. */
  List<Obstacle> obstacles();

  /**
   * Prepares the log for reading, replacing what an interrupted preparation left, and opens a
   * snapshot that belongs exactly to the position where reading will start.
   */
  InitialCopy prepare();

  /** Removes what {@link #prepare()} made, so that the source does not keep log for nobody. */
  void forget();

  @Override
  void close();

  /** Finds the engine that speaks a URL; by {@link ServiceLoader}. */
  interface Engine {
    boolean accepts(String jdbcUrl);

    Source source(MirrorName mirror, SourceSettings settings);
  }

  /**
   * @throws MirrorException.Operator if no engine at hand speaks the database's URL
   */
  static Source of(MirrorName mirror, SourceSettings settings) {
    for (Engine engine : ServiceLoader.load(Engine.class, Engine.class.getClassLoader())) {
      if (engine.accepts(settings.database().url())) {
        return engine.source(mirror, settings);
      }
    }
    throw new MirrorException.Operator(
        "no reader for the URL of " + settings.database().name(), "use " + UrlForm.choices());
  }
}
