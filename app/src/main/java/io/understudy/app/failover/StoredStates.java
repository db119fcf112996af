package io.understudy.app.failover;

import io.understudy.failover.StateLog;
import io.understudy.journal.kafka.FactChanges;
import io.understudy.journal.kafka.MirrorFacts;
import io.understudy.journal.kafka.OperationFact;
import io.understudy.journal.kafka.StateControl;

/** Keeps states among the mirror's facts, as long as this process has the control. */
record StoredStates(StateControl control) implements StateLog {
  @Override
  public void store(MirrorFacts facts, OperationFact operation) {
    control.write(new FactChanges().put(facts).put(operation));
  }
}
