package io.understudy.app.run;

import io.understudy.applier.JournalFeed;
import io.understudy.applier.Standby;
import io.understudy.connectors.JournalSink;
import java.util.ServiceLoader;
import java.util.function.Supplier;

/**
 * The three seams between the roles and the world. A test puts an implementation on its class path
 * to break a running mirror on purpose, and so to prove that its checks would notice. The product
 * has none, and each seam hands back what it is given.
 */
public interface Hooks {

  /** What a reader takes the journal over with. */
  default Supplier<JournalSink> takeOver(Supplier<JournalSink> takeOver) {
    return takeOver;
  }

  /** What an applier reads. */
  default JournalFeed.Journal journal(JournalFeed.Journal journal) {
    return journal;
  }

  /** What an applier writes to. */
  default Standby standby(Standby standby) {
    return standby;
  }

  /** Those of the class path; the ones that change nothing if there are none. */
  static Hooks installed() {
    return ServiceLoader.load(Hooks.class, Hooks.class.getClassLoader())
        .findFirst()
        .orElseGet(() -> new Hooks() {});
  }
}
