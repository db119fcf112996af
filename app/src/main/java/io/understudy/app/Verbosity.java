package io.understudy.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** The option {@code -v}, and how much is logged with and without it. */
final class Verbosity {
  @Option(
      names = {"-v", "--verbose"},
      description = "Log more.")
  private boolean verbose;

  /** For commands that keep running: state changes, and what libraries warn of. */
  void asDaemon() {
    set(verbose ? Level.DEBUG : Level.INFO, verbose ? Level.INFO : Level.WARN);
  }

  /** For commands that say all there is to say themselves. */
  void asQuery() {
    set(verbose ? Level.DEBUG : Level.ERROR, verbose ? Level.INFO : Level.OFF);
  }

  private static void set(Level ours, Level libraries) {
    logger("io.understudy").setLevel(ours);
    logger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(libraries);
  }

  private static Logger logger(String name) {
    return (Logger) LoggerFactory.getLogger(name);
  }
}
