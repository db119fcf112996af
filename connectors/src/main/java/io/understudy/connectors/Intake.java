package io.understudy.connectors;

import java.time.Duration;
import java.util.List;

/**
 * Takes out of a log what one commit of the journal is to hold: what is there, and what comes while
 * that is taken, for a bounded time. A commit takes about as long for little as for much.
 */
final class Intake {
  private final SourceLog log;
  private final Assembler assembler;
  private final Duration longest;

  /**
   * @param longest after this time nothing more is taken, however much is there
   */
  Intake(SourceLog log, Assembler assembler, Duration longest) {
    this.log = log;
    this.assembler = assembler;
    this.longest = longest;
  }

  /** Whether anything came within {@code patience}; all of it is with the assembler then. */
  boolean take(Duration patience) throws InterruptedException {
    List<LogEvent> events = log.poll(patience);
    long began = System.nanoTime();
    events.forEach(assembler::accept);
    while (log.hasMore() && System.nanoTime() - began < longest.toNanos()) {
      log.poll(Duration.ZERO).forEach(assembler::accept);
    }
    return !events.isEmpty();
  }
}
