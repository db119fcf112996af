package io.understudy.failover;

import io.understudy.journal.MirrorException;
import io.understudy.journal.kafka.MirrorFacts;

/** The mirror, as a change of its source works on it. */
public interface Actions {

  /**
   * Whether the journal is sealed for this change's target. On return nobody who wanted to seal it
   * before can do so any more.
   *
   * @param facts as they are stored
   * @throws MirrorException.Operator if it is sealed for another database
   */
  boolean sealed(MirrorFacts facts);

  /**
   * Does what {@code action} says; may be repeated.
   *
   * @param facts as they are stored, in the state that the action belongs to
   */
  Outcome perform(Action action, MirrorFacts facts) throws InterruptedException;

  /**
   * What came of an action.
   *
   * @param condition that it leads to: done, in one way or another
   * @param said what was done, for people
   * @param next the facts to go on with; those of the new epoch, once there is one
   */
  record Outcome(Condition condition, String said, MirrorFacts next) {}
}
