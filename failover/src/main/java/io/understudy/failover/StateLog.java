package io.understudy.failover;

import io.understudy.journal.MirrorException;
import io.understudy.journal.kafka.MirrorFacts;
import io.understudy.journal.kafka.OperationFact;

/** Where the state of the mirror, and what is being done about it, are kept. */
public interface StateLog {

  /**
   * Both or neither; durable on return.
   *
   * @throws MirrorException.Superseded if another process changes the state by now
   */
  void store(MirrorFacts facts, OperationFact operation);
}
