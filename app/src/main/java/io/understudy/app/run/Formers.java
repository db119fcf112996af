package io.understudy.app.run;

import io.understudy.applier.Progress;
import io.understudy.applier.Standby;
import io.understudy.connectors.Source;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.MirrorException;
import io.understudy.journal.kafka.FormerFact;
import io.understudy.journal.kafka.StateStore;
import java.util.Optional;

/** What is to be known of databases that were the source. */
public final class Formers {
  private static final int ATTEMPTS = 4;
  private static final long PAUSE_MILLIS = 300;

  private Formers() {}

  /** What is owed to a database; empty if nothing is. */
  public static Optional<FormerFact> find(StateStore.Facts known, DatabaseName database) {
    return known.formers().stream().filter(it -> it.database().equals(database)).findFirst();
  }

  /** Where the journal's knowledge of it ends, and it goes on as a standby. */
  public static Progress at(FormerFact former, String topicId) {
    return new Progress(
        former.epoch(),
        former.sequence(),
        former.position(),
        former.commitTime(),
        topicId,
        former.offset());
  }

  /** Whether it goes on from there, or has done so, as a standby. */
  public static boolean follows(Standby standby, FormerFact former, String topicId) {
    return !standby.wasOpened() && wentOn(standby, former, topicId);
  }

  /** Whether it has gone on from there; it may be the source again by now. */
  static boolean wentOn(Standby standby, FormerFact former, String topicId) {
    return standby
        .progress()
        .filter(it -> it.topicId().equals(topicId) && it.offset() >= former.offset())
        .isPresent();
  }

  /**
   * Ends the keeping of a log that nobody reads any more. Whoever runs the mirror, and whoever
   * rejoins, may do so at the same time and be in each other's way.
   */
  public static void forget(Source source) throws InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        source.forget();
        return;
      } catch (MirrorException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
        Thread.sleep(PAUSE_MILLIS);
      }
    }
  }
}
