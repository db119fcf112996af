package io.understudy.app.promote;

import io.understudy.app.config.MirrorConfig;
import io.understudy.app.run.Databases;
import io.understudy.connectors.Source;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.MirrorException;
import java.util.List;

/**
 * Whether the source that is being replaced still answers. It is asked beside the promotion, which
 * never waits for it.
 */
final class FormerSource {
  private final DatabaseName name;
  private volatile boolean answered;

  private FormerSource(DatabaseName name) {
    this.name = name;
  }

  static FormerSource ask(MirrorConfig config, DatabaseName name) {
    FormerSource former = new FormerSource(name);
    if (config.databases().containsKey(name)) {
      Thread thread = new Thread(() -> former.listen(config), "former-source");
      thread.setDaemon(true);
      thread.start();
    }
    return former;
  }

  private void listen(MirrorConfig config) {
    try (Source source = Databases.source(config, name)) {
      source.logEnd();
      answered = true;
    } catch (MirrorException e) {
      // It is gone, as a source that is replaced should be.
    }
  }

  /** What to know about it, for people; empty if it has not answered yet. */
  List<String> warnings() {
    return answered
        ? List.of(
            "warning: "
                + name
                + " still answers. What is written to it from now on is on no other database: stop"
                + " its clients, or let them only read")
        : List.of();
  }
}
