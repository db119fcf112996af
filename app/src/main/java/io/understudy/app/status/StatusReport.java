package io.understudy.app.status;

import io.understudy.connectors.LogEnd;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.Epoch;
import io.understudy.journal.MirrorName;
import io.understudy.journal.kafka.VerificationFact;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The mirror at one moment, as {@code status} shows it. What did not answer is empty, and its
 * detail says why; nothing is carried over from before.
 *
 * @param at when it was taken, by this machine's clock
 * @param state of the mirror: {@code MIRRORING}, …; see {@link StatusSource}
 * @param standbys in the order of {@code mirror.yaml}
 * @param controllers that said something lately
 */
public record StatusReport(
    MirrorName mirror,
    Instant at,
    Optional<Epoch> epoch,
    Optional<DatabaseName> source,
    String state,
    Answer journal,
    ReaderStatus reader,
    Map<DatabaseName, StandbyStatus> standbys,
    List<ControllerStatus> controllers) {
  public StatusReport {
    controllers = List.copyOf(controllers);
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
   * @param verified the last verification since the mirror was made; empty if there was none, or it
   *     is not known
   */
  public record StandbyStatus(
      String state,
      String detail,
      Optional<Mark> applied,
      Lag lag,
      Optional<VerificationFact> verified) {

    StandbyStatus(String state, String detail, Optional<Mark> applied, Lag lag) {
      this(state, detail, applied, lag, Optional.empty());
    }

    StandbyStatus withVerified(Optional<VerificationFact> fact) {
      return new StandbyStatus(state, detail, applied, lag, fact);
    }
  }

  /**
   * @param state {@code LEADING}, {@code OBSERVING}, {@code DOWN}, …
   * @param mode that it was started with; empty if it does not work
   * @param detail what it sees, and what it makes of that if it leads
   */
  public record ControllerStatus(String process, String state, String mode, String detail) {
    private static final String MODE_ENDS = "; ";

    static ControllerStatus of(String process, String state, String said) {
      int end = said.indexOf(MODE_ENDS);
      boolean works = end > 0 && (state.equals("LEADING") || state.equals("OBSERVING"));
      return works
          ? new ControllerStatus(
              process, state, said.substring(0, end), said.substring(end + MODE_ENDS.length()))
          : new ControllerStatus(process, state, "", said);
    }

    public boolean leads() {
      return state.equals("LEADING");
    }
  }
}
