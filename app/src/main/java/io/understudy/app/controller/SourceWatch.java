package io.understudy.app.controller;

import io.understudy.connectors.Pulse;
import io.understudy.connectors.Source;
import io.understudy.failover.automatic.Silence;
import io.understudy.journal.MirrorException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Asks the source at a steady pace whether it lives. Each probe has its own thread and session, and
 * all of the detection window for its answer: a source that is slow is not dead, and one that hangs
 * costs a few threads and nobody's time.
 */
final class SourceWatch implements AutoCloseable {
  private static final int MOST_PROBES = 20;
  private static final Duration GRACE = Duration.ofSeconds(1);
  private static final String ANSWERS = "answers";
  private static final String NO_ANSWER = "no answer";

  private final Source source;
  private final Duration interval;
  private final Duration window;
  private final Silence silence;
  private final AtomicInteger pending = new AtomicInteger();
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread = new Thread(this::run, "source-watch");
  private volatile String last = NO_ANSWER;
  private volatile Optional<Instant> clock = Optional.empty();
  private volatile RuntimeException failure;

  /**
   * @param source closed with this
   */
  SourceWatch(Source source, Duration interval, Duration window) {
    this.source = source;
    this.interval = interval;
    this.window = window;
    this.silence = new Silence(interval.multipliedBy(2).plus(GRACE));
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    long next = System.nanoTime();
    try {
      do {
        silence.probe(System.nanoTime());
        if (pending.get() < MOST_PROBES) {
          pending.incrementAndGet();
          Thread probe = new Thread(this::probe, "source-probe");
          probe.setDaemon(true);
          probe.start();
        }
        next = Math.max(next + interval.toNanos(), System.nanoTime());
      } while (!stop.await(next - System.nanoTime(), TimeUnit.NANOSECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void probe() {
    try {
      Pulse pulse = source.pulse(window);
      if (pulse.alive()) {
        silence.answered();
        pulse.clock().ifPresent(it -> clock = Optional.of(it));
      }
      last = pulse.detail();
    } catch (RuntimeException e) {
      failure = e;
    } finally {
      pending.decrementAndGet();
    }
  }

  /** For how long it has answered nothing. */
  Duration silent() {
    return silence.at(System.nanoTime());
  }

  /** What came of the last probe that ended, for people. */
  String last() {
    return silent().compareTo(interval) > 0 && last.equals(ANSWERS) ? NO_ANSWER : last;
  }

  /** What the source's clock said last. */
  Optional<Instant> clock() {
    return clock;
  }

  /**
   * @throws MirrorException if the source cannot be asked at all
   */
  void check() {
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public void close() {
    stop.countDown();
    source.close();
  }
}
