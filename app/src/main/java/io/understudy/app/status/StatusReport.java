package io.understudy.app.status;

import io.understudy.connectors.LogEnd;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.Epoch;
import io.understudy.journal.MirrorName;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The mirror at one moment, as {@code status} shows it. What did not answer is empty, and its
 * detail says why; nothing is carried over from before.
 *
 * @param at when it was taken, by this machine's clock
 * @param state of the mirror: {@code MIRRORING}, …; see {@link StatusSource}
 * @param standbys in the order of {@code mirror.yaml}
 */
public record StatusReport(
    MirrorName mirror,
    Instant at,
    Optional<Epoch> epoch,
    Optional<DatabaseName> source,
    String state,
    Answer journal,
    ReaderStatus reader,
    Map<DatabaseName, StandbyStatus> standbys) {
  public StatusReport {
    standbys = Collections.unmodifiableMap(new LinkedHashMap<>(standbys));
  }

  /**
   * Whether a server answered.
   *
   * @param detail why not, or what has to be changed before it can; empty if it did
   */
  public record Answer(State state, String detail) {
    static final Answer YES = new Answer(State.REACHABLE, "");

    /** What came of asking. */
    public enum State {
      REACHABLE,
      /** Away; may come back by itself. */
      UNREACHABLE,
      /**
       * Answers, but not to us: a wrong password, a missing topic. Somebody has to do something.
       */
      UNUSABLE
    }

    public boolean reachable() {
      return state == State.REACHABLE;
    }
  }

  /**
   * @param state {@code STREAMING}, {@code DOWN}, …
   * @param detail why it is not at work; may be empty
   * @param journaled the journal's tail
   * @param database the source itself
   * @param logEnd of the source
   * @param lag of the journal behind the source
   */
  public record ReaderStatus(
      String state,
      String detail,
      Optional<Mark> journaled,
      Answer database,
      Optional<LogEnd> logEnd,
      Lag lag) {}

  /**
   * @param state {@code FOLLOWING}, {@code DOWN}, {@code UNREACHABLE}, {@code UNUSABLE}, …
   * @param detail why it does not follow; may be empty
   */
  public record StandbyStatus(String state, String detail, Optional<Mark> applied, Lag lag) {}
}
