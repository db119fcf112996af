package io.understudy.app.trouble;

import io.understudy.app.harness.Engine;
import java.util.List;

/**
 * A setting of a server that cannot be a source, and how an operator is told of it.
 *
 * @param setting and its value
 * @param problem part of the message
 * @param statement that removes it, as the message has it
 * @param restart whether the server has to be restarted for it
 */
record Unfit(String setting, String value, String problem, String statement, boolean restart) {
  static List<Unfit> of(Engine engine) {
    return engine == Engine.POSTGRESQL ? Slots.unfit() : Binlogs.unfit(engine);
  }
}
