package io.understudy.applier;

import java.time.Duration;
import java.util.List;

/**
 * Who may write to a database, when that changes with the source. Each method may be repeated, and
 * each refuses who comes too late: a process that slept through what others did can neither open a
 * database that was shut since, nor shut one that was opened.
 */
public interface Gate {

  /**
   * What would stand in the way of shutting this database now, besides what keeps it from being a
   * standby ({@link Standby#differences}), as it is to be afterwards.
   */
  List<Difference> obstacles();

  /** Those of the {@link #obstacles} that are settings, and stay until somebody changes them. */
  List<Difference> exempt();

  /**
   * Lets others only read in a database that is, or was, the source, and ends every session that
   * began before. On return no transaction of theirs is under way.
   *
   * @return what was done, for people
   * @throws io.understudy.journal.MirrorException.Superseded if somebody with a later mandate was
   *     here, or the database is a standby by now
   * @throws io.understudy.journal.MirrorException.Operator if a session may not be ended; the
   *     database stays shut for new ones
   * @throws io.understudy.journal.MirrorException.Transient if they did not end within {@code
   *     limit}
   */
  String shut(Mandate mandate, Duration limit);

  /** Whether it was shut, and is still. */
  boolean isShut();

  /**
   * Undoes {@link #shut}; does nothing if the database was not shut.
   *
   * @throws io.understudy.journal.MirrorException.Superseded as {@link #shut} does
   */
  void reopen(Mandate mandate);

  /**
   * Makes a standby that has applied all up to {@code at} a database that can be written to.
   *
   * @param exact whether the source told all its sequences once it was shut, so that they go on
   *     exactly there; otherwise they go behind whatever it may have handed out
   * @return a line on each thing done, for people
   * @throws io.understudy.journal.MirrorException.Superseded if it stands elsewhere
   */
  List<String> open(Progress at, boolean exact);

  /**
   * Makes a database that was shut, and holds exactly what the journal holds up to {@code at}, a
   * standby that goes on from there.
   *
   * @throws io.understudy.journal.MirrorException.Superseded if it went on already, or is open
   */
  void follow(Progress at);

  /**
   * As {@link #follow}, of a database that holds more than the journal: that goes in the same
   * transaction. May be repeated; what is done already stays as it is.
   *
   * @param lastLook called when nobody else can write to the tables in question any more; throws if
   *     the plan does not fit what the database holds
   * @throws io.understudy.journal.MirrorException.Superseded if it is open
   */
  void comeBack(Return plan, Runnable lastLook);
}
