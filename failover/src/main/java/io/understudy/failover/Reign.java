package io.understudy.failover;

import io.understudy.journal.DatabaseName;
import io.understudy.journal.Epoch;
import java.util.Optional;

/**
 * Who is the source, and whether that is about to change. Kept in the mirror's state topic.
 *
 * @param epoch of {@code source}
 * @param successor the database being promoted, while one is
 */
public record Reign(Epoch epoch, DatabaseName source, Optional<DatabaseName> successor) {

  /** Nothing is about to change. */
  public static Reign settled(Epoch epoch, DatabaseName source) {
    return new Reign(epoch, source, Optional.empty());
  }

  Reign promoting(DatabaseName target) {
    return new Reign(epoch, source, Optional.of(target));
  }
}
