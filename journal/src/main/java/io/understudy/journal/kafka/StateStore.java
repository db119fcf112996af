package io.understudy.journal.kafka;

import io.understudy.journal.MirrorException;
import java.util.List;
import java.util.Optional;

/**
 * A mirror's small facts, on the compacted topic beside the journal. Safe for use by several
 * threads. The last one to write a fact wins: whoever writes must hold the role that the fact
 * belongs to. Throws {@link MirrorException} by its kind.
 */
public final class StateStore implements AutoCloseable {
  StateStore() {}

  /** Everything stored, read to the end of the topic. */
  public Facts read() {
    return Stub.soon();
  }

  /** Durable on return. */
  public void put(MirrorFacts facts) {
    Stub.soon();
  }

  /** Durable on return; replaces the last report of the same role. */
  public void put(RoleReport report) {
    Stub.soon();
  }

  @Override
  public void close() {
    Stub.soon();
  }

  /**
   * @param mirror empty before the first {@code init}
   * @param roles in the order of their names
   */
  public record Facts(Optional<MirrorFacts> mirror, List<RoleReport> roles) {
    public Facts {
      roles = List.copyOf(roles);
    }
  }
}
