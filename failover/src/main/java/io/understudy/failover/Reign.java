package io.understudy.failover;

import io.understudy.journal.DatabaseName;
import io.understudy.journal.Epoch;
import java.util.Optional;

/**
 * Who is the source, and whether that is about to change. Kept in the mirror's state topic.
 *
 * @param epoch of {@code source}
 * @param step the promotion's step that was begun, while one is under way
 * @param successor the database being promoted; present exactly while one is
 */
public record Reign(
    Epoch epoch,
    DatabaseName source,
    Optional<PromotionStep> step,
    Optional<DatabaseName> successor) {
  public Reign {
    if (step.isPresent() != successor.isPresent()) {
      throw new IllegalArgumentException("a promotion has both a step and a successor");
    }
  }

  /** Nothing is about to change. */
  public static Reign settled(Epoch epoch, DatabaseName source) {
    return new Reign(epoch, source, Optional.empty(), Optional.empty());
  }

  Reign at(PromotionStep next, DatabaseName target) {
    return new Reign(epoch, source, Optional.of(next), Optional.of(target));
  }
}
