package io.understudy.app.run;

import io.understudy.connectors.Pulse;
import io.understudy.connectors.Source;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Asks a database that may be away whether it is back: at a steady pace, each time in a session and
 * on a thread of its own. So it is known within one pace that it can be reached, however long what
 * was asked before hangs in a broken network.
 */
final class Knocking implements AutoCloseable {
  private static final int MOST_PENDING = 20;

  /** A server that is slow needs several answers to let anybody in. */
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(15);

  private final Source source;
  private final Duration pace;
  private int pending;
  private boolean answered;
  private boolean stopped;
  private String last = "no answer";
  private long next = System.nanoTime();
  private Optional<RuntimeException> failure = Optional.empty();

  Knocking(Source source, Duration pace) {
    this.source = source;
    this.pace = pace;
  }

  /**
   * Waits for an answer, or until stopped; what was asked before counts, if nobody has been told.
   *
   * @return what came of it last, for people; empty if there was an answer
   */
  synchronized Optional<String> awaitAnswer(Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!answered && !stopped && failure.isEmpty() && System.nanoTime() - deadline < 0) {
      if (System.nanoTime() - next >= 0) {
        knock();
        next = System.nanoTime() + pace.toNanos();
      }
      long wake = Math.min(next - System.nanoTime(), deadline - System.nanoTime());
      TimeUnit.NANOSECONDS.timedWait(this, Math.max(1, wake));
    }
    if (failure.isPresent()) {
      throw failure.get();
    }
    boolean there = answered;
    answered = false;
    return there ? Optional.empty() : Optional.of(last);
  }

  private void knock() {
    if (pending < MOST_PENDING) {
      pending++;
      Thread thread = new Thread(this::ask, "knock");
      thread.setDaemon(true);
      thread.start();
    }
  }

  private void ask() {
    try {
      heard(source.pulse(ANSWER_LIMIT));
    } catch (RuntimeException e) {
      failed(e);
    }
  }

  private synchronized void heard(Pulse pulse) {
    pending--;
    answered |= pulse.alive();
    last = pulse.detail();
    notifyAll();
  }

  private synchronized void failed(RuntimeException e) {
    pending--;
    failure = Optional.of(e);
    notifyAll();
  }

  @Override
  public synchronized void close() {
    stopped = true;
    notifyAll();
  }
}
