package io.understudy.applier;

import io.understudy.journal.Sequence;
import java.time.Instant;

/**
 * A schema change in front of which a standby waits.
 *
 * @param sequence of its transaction
 * @param number which of the transaction's schema changes it is, from 1
 * @param why it was not run
 */
public record HeldChange(
    Sequence sequence, int number, String tag, String text, String why, Instant since) {

  /** What somebody decides about it. */
  public enum Way {
    /** It is left out; the standby's schema stays without it. */
    SKIP,
    /** It was done on the standby by hand, and is left out. */
    DONE,
    /** It is tried once more. */
    AGAIN
  }
}
