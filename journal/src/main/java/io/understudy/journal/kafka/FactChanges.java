package io.understudy.journal.kafka;

import io.understudy.journal.DatabaseName;
import java.util.LinkedHashMap;
import java.util.Map;

/** Facts that are to be stored together. */
public final class FactChanges {
  private final Map<String, byte[]> values = new LinkedHashMap<>();

  public FactChanges put(MirrorFacts facts) {
    values.put(FactCodec.MIRROR, FactCodec.encode(facts));
    return this;
  }

  public FactChanges put(OperationFact fact) {
    values.put(FactCodec.OPERATION + fact.id(), FailoverCodec.encode(fact));
    return this;
  }

  public FactChanges put(FormerFact fact) {
    values.put(FactCodec.FORMER + fact.database(), FailoverCodec.encode(fact));
    return this;
  }

  public FactChanges removeFormer(DatabaseName database) {
    values.put(FactCodec.FORMER + database, null);
    return this;
  }

  public FactChanges removeRole(String role) {
    values.put(FactCodec.ROLE + role, null);
    return this;
  }

  public FactChanges removeOperation(String id) {
    values.put(FactCodec.OPERATION + id, null);
    return this;
  }

  /** By key; null for what is to be removed. */
  Map<String, byte[]> values() {
    return values;
  }
}
