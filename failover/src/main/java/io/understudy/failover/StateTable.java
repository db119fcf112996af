package io.understudy.failover;

import static io.understudy.journal.kafka.MirrorFacts.State.CLOSING;
import static io.understudy.journal.kafka.MirrorFacts.State.DRAINING;
import static io.understudy.journal.kafka.MirrorFacts.State.ENDING;
import static io.understudy.journal.kafka.MirrorFacts.State.INSTALLING;
import static io.understudy.journal.kafka.MirrorFacts.State.MIRRORING;
import static io.understudy.journal.kafka.MirrorFacts.State.OPENING;
import static io.understudy.journal.kafka.MirrorFacts.State.PREPARING;
import static io.understudy.journal.kafka.MirrorFacts.State.PROMOTED;
import static io.understudy.journal.kafka.MirrorFacts.State.PROMOTING;
import static io.understudy.journal.kafka.MirrorFacts.State.REOPENING;
import static io.understudy.journal.kafka.MirrorFacts.State.SEALING;

import io.understudy.journal.kafka.MirrorFacts.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * All ways from one state of a mirror to another. The program goes by it, prints it, and the
 * documentation includes what it prints.
 *
 * <p>The point of no return of a switchover is the seal: before it, every failure leads back to the
 * open source; behind it, every way leads to the open target. In between, in SEALING, the journal's
 * end alone decides which of the two it is.
 */
public final class StateTable {
  private static final List<Transition> ROWS = rows();

  private StateTable() {}

  private static List<Transition> rows() {
    List<Transition> rows = new ArrayList<>();
    row(rows, MIRRORING, Condition.SWITCHOVER, PREPARING, Action.PREPARE);
    row(rows, PREPARING, Condition.DONE, CLOSING, Action.SHUT);
    row(rows, CLOSING, Condition.DONE, DRAINING, Action.DRAIN);
    row(rows, DRAINING, Condition.DONE, SEALING, Action.SEAL);
    row(rows, SEALING, Condition.DONE, OPENING, Action.OPEN);
    row(rows, OPENING, Condition.DONE, MIRRORING, Action.NOTHING);
    row(rows, SEALING, Condition.AGAIN, DRAINING, Action.DRAIN);

    row(rows, SEALING, Condition.FAILED_SEALED, OPENING, Action.OPEN);
    for (State undecided : List.of(PREPARING, CLOSING, DRAINING, SEALING)) {
      row(rows, undecided, Condition.FAILED, REOPENING, Action.REOPEN);
    }
    row(rows, REOPENING, Condition.DONE, MIRRORING, Action.NOTHING);

    for (State undecided : List.of(PREPARING, CLOSING, DRAINING, SEALING, REOPENING)) {
      row(rows, undecided, Condition.SWITCHOVER, PREPARING, Action.PREPARE);
      row(rows, undecided, Condition.CANCEL, REOPENING, Action.REOPEN);
      row(rows, undecided, Condition.PROMOTE, PROMOTING, Action.TAKE_OVER);
    }
    for (State decided : List.of(SEALING, OPENING)) {
      row(rows, decided, Condition.SWITCHOVER_SEALED, OPENING, Action.OPEN);
      row(rows, decided, Condition.PROMOTE_SEALED, OPENING, Action.OPEN);
    }

    row(rows, MIRRORING, Condition.PROMOTE, PROMOTING, Action.TAKE_OVER);
    row(rows, PROMOTING, Condition.DONE, ENDING, Action.END);
    row(rows, ENDING, Condition.DONE, INSTALLING, Action.INSTALL);
    row(rows, ENDING, Condition.AGAIN, PROMOTING, Action.TAKE_OVER);
    row(rows, INSTALLING, Condition.DONE, MIRRORING, Action.NOTHING);
    row(rows, INSTALLING, Condition.DONE_ALONE, PROMOTED, Action.NOTHING);

    for (State undecided : List.of(PROMOTING, ENDING)) {
      row(rows, undecided, Condition.PROMOTE, PROMOTING, Action.TAKE_OVER);
    }
    row(rows, PROMOTING, Condition.CANCEL, REOPENING, Action.REOPEN);
    for (State decided : List.of(PROMOTING, ENDING, INSTALLING)) {
      row(rows, decided, Condition.PROMOTE_SEALED, INSTALLING, Action.INSTALL);
    }
    return List.copyOf(rows);
  }

  private static void row(
      List<Transition> rows, State from, Condition condition, State to, Action action) {
    rows.add(new Transition(from, to, condition, action));
  }

  public static List<Transition> all() {
    return ROWS;
  }

  /** Empty if that leads nowhere from there. */
  public static Optional<Transition> next(State from, Condition condition) {
    return ROWS.stream()
        .filter(row -> row.from() == from && row.condition() == condition)
        .findFirst();
  }

  /** The table as a diagram, in the language of Mermaid. */
  public static String mermaid() {
    StringBuilder text = new StringBuilder("stateDiagram-v2\n    [*] --> MIRRORING: init\n");
    for (Transition row : ROWS) {
      text.append("    ")
          .append(row.from())
          .append(" --> ")
          .append(row.to())
          .append(": ")
          .append(row.condition())
          .append(row.action() == Action.NOTHING ? "" : " / " + row.action())
          .append('\n');
    }
    return text.toString();
  }
}
