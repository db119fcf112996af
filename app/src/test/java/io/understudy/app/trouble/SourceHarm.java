package io.understudy.app.trouble;

import io.understudy.app.harness.Engine;
import java.util.List;

/**
 * Something that is done to a source while its mirror does not run, after which it cannot give the
 * log that the mirror needs; and what an operator is told.
 *
 * @param name for people
 */
record SourceHarm(String name, Act act) {

  /** Does it, and returns the parts of the message to expect. */
  interface Act {
    List<String> on(TroubledMirror mirror) throws Exception;
  }

  /** All that can happen to the sources of an engine. */
  static List<SourceHarm> of(Engine engine) {
    return engine == Engine.POSTGRESQL ? Slots.harms() : Binlogs.harms();
  }

  @Override
  public String toString() {
    return name;
  }
}
