package io.understudy.connectors.pgoutput;

import io.understudy.journal.postgres.Lsn;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How a slot is read just now; every change is logged. Used by the thread that reads. */
final class Mode {
  private static final Logger log = LoggerFactory.getLogger(Mode.class);

  /** Between the two others lies always {@link #NEITHER}: the slot is not held, or not yet. */
  enum State {
    NEITHER,
    STREAM,
    BITES
  }

  private final String slot;
  private State state = State.NEITHER;

  Mode(String slot) {
    this.slot = slot;
  }

  /** Nothing happens if it is so already. */
  void become(State next, Lsn position) {
    if (next == state) {
      return;
    }
    if (next != State.NEITHER && state != State.NEITHER) {
      throw new IllegalStateException("slot " + slot + " is read: " + state + " -> " + next);
    }
    log.info("slot {} is read: {} -> {} behind position={}", slot, state, next, position);
    state = next;
  }
}
