package io.understudy.connectors;

import io.understudy.journal.MirrorException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Makes the source's log move at a steady pace, and has it told where sequences stand, on threads
 * of its own, because the source may hang. Failures are kept for the reader's thread, which
 * decides: {@link #check()} throws when a failure will not pass, or too many came in a row.
 */
final class Heartbeat implements AutoCloseable {
  private static final long CLOSE_MILLIS = 2000;
  private static final Duration LOOK_AT_SEQUENCES = Duration.ofSeconds(2);

  private final ReaderLimits limits;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final List<Thread> threads;
  private volatile RuntimeException failure;

  Heartbeat(Source source, ReaderLimits limits) {
    this.limits = limits;
    // Whoever watches the beats must not take a source for dead that is slow to tell the rest.
    this.threads =
        List.of(
            thread("reader-heartbeat", limits.heartbeat(), source::beat),
            thread("reader-sequences", looks(limits), source::tellMovedSequences));
    threads.forEach(Thread::start);
  }

  private static Duration looks(ReaderLimits limits) {
    Duration beats = limits.heartbeat();
    return beats.compareTo(LOOK_AT_SEQUENCES) > 0 ? beats : LOOK_AT_SEQUENCES;
  }

  private Thread thread(String name, Duration pace, Runnable deed) {
    Thread thread = new Thread(() -> run(pace, deed), name);
    thread.setDaemon(true);
    return thread;
  }

  /**
   * @throws MirrorException the failure that should make the reader stop or start over
   */
  void check() {
    RuntimeException seen = failure;
    if (seen != null) {
      throw seen;
    }
  }

  private void run(Duration pace, Runnable deed) {
    int missed = 0;
    long next = System.nanoTime();
    try {
      do {
        try {
          deed.run();
          missed = 0;
        } catch (MirrorException.Transient e) {
          if (++missed >= limits.missedBeats()) {
            throw e;
          }
        }
        next = Math.max(next + pace.toNanos(), System.nanoTime());
      } while (!stop.await(next - System.nanoTime(), TimeUnit.NANOSECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      failure = e;
    }
  }

  @Override
  public void close() {
    stop.countDown();
    threads.forEach(Thread::interrupt);
    long deadline = System.nanoTime() + CLOSE_MILLIS * 1_000_000;
    try {
      for (Thread thread : threads) {
        thread.join(Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
