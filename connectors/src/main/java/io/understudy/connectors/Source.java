package io.understudy.connectors;

import io.understudy.journal.DatabaseProfile;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import io.understudy.journal.Position;
import io.understudy.journal.Relation;
import io.understudy.journal.TableName;
import io.understudy.journal.TableRules;
import io.understudy.journal.UrlForm;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Predicate;

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
   * Whether the server lives: asks in a new session, as a client does. Returns within about {@code
   * limit}; where the network hangs that is not certain, so whoever cannot wait asks on a thread of
   * its own. Never throws for what the server does.
   *
   * @throws MirrorException.Operator on engines where that is not possible yet
   */
  default Pulse pulse(Duration limit) {
    throw new MirrorException.Operator(
        "automatic failover is not possible on this engine yet", "write failover.mode: manual");
  }

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
   * Writes into the log where all mirrored sequences stand, which the reader carries into the
   * journal, where standbys are set to it. A log that knows nothing of sequences stays as it is.
   *
   * @return a position that the log reaches only behind what was written
   */
  default Position tellSequences() {
    return logEnd().position();
  }

  /** As {@link #tellSequences}, of those alone that moved since this source last did. */
  default void tellMovedSequences() {}

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
   * Those of {@link #obstacles()} that lie in the server and the role, whatever tables there are;
   * none on engines that do not tell them apart. Changes nothing.
   */
  default List<Obstacle> serverObstacles() {
    return List.of();
  }

  /**
   * What should not be as it is, though mirroring is possible: what will stop it one day. Looks at
   * the server for a second or so. Changes nothing.
   */
  default List<Obstacle> cautions() throws InterruptedException {
    return List.of();
  }

  /** What a standby's database has to fit; empty on engines that do not tell yet. */
  default Optional<DatabaseProfile> profile() {
    return Optional.empty();
  }

  /**
   * What the source holds that no standby will have, one entry for each kind of it. Needs no more
   * rights than mirroring does. Changes nothing.
   */
  default List<Unmirrored> unmirrored() {
    return List.of();
  }

  /**
   * Prepares the log for reading, replacing what an interrupted preparation left, and opens a
   * snapshot that belongs exactly to the position where reading will start.
   *
   * @param sessions how many parts are to be copied at the same time, from 1; an engine may do less
   */
  InitialCopy prepare(int sessions);

  /**
   * Goes on with a preparation that was interrupted: another snapshot, of a later position, while
   * the log is kept from where it was prepared.
   *
   * @param start the position of the copy that was interrupted
   * @return empty if the log is not kept from there, so that all has to be prepared anew
   */
  default Optional<InitialCopy> prepareAgain(Position start, int sessions) {
    return Optional.empty();
  }

  /**
   * A snapshot for one more standby, or one more copy of a table, beside a reader that goes on.
   *
   * @param wanted of the mirrored tables, those that are to be copied
   * @param locked called before the snapshot is taken, with the tables locked; once more, if the
   *     locks had to be given up for somebody who waited for them
   * @throws MirrorException.Operator if tables are not read for this mirror, or on engines where
   *     that is not possible yet
   */
  default InitialCopy beside(Predicate<TableName> wanted, int sessions, Locked locked)
      throws InterruptedException {
    throw new MirrorException.Operator(
        "copying beside a mirror that runs is not possible on this engine yet",
        "understudy init --again copies everything anew");
  }

  /** What is to be done between the locking of tables and the snapshot of them. */
  interface Locked {

    /**
     * @param end of the log, by then or later; behind it, nobody changes the tables' shape until
     *     the copy is closed
     */
    void at(Position end) throws InterruptedException;
  }

  /**
   * Writes a mark into the log, which the reader carries into the journal as a marker of this name.
   *
   * @throws MirrorException.Operator if this engine's log cannot carry marks
   */
  default void mark(String name) {
    throw new MirrorException.Operator(
        "marking the log is not possible on this engine yet", "compare such databases by hand");
  }

  /**
   * A snapshot that belongs exactly to a position of the log. Waits for the transactions that are
   * under way to end.
   *
   * @throws MirrorException.Transient if they did not within {@code limit}; the message names them
   * @throws MirrorException.Operator if this engine has no such snapshots
   */
  default SourceSnapshot snapshot(Duration limit) {
    throw new MirrorException.Operator(
        "a snapshot at a position of the log is not possible on this engine yet",
        "compare such databases by hand");
  }

  /** Its log while it becomes the source, or ceases to be; empty on engines that cannot yet. */
  default Optional<LogChange> logChange() {
    return Optional.empty();
  }

  /** Removes what {@link #prepare} made, so that the source does not keep log for nobody. */
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
