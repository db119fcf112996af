package io.understudy.connectors;

import io.understudy.journal.MirrorException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Makes the source's log move at a steady pace, on a thread of its own, because the source may
 * hang. Failures are kept for the reader's thread, which decides: {@link #check()} throws when a
 * failure will not pass, or too many came in a row.
 */
final class Heartbeat implements AutoCloseable {
  private static final long CLOSE_MILLIS = 2000;

  private final Source source;
  private final ReaderLimits limits;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread;
  private volatile RuntimeException failure;

  Heartbeat(Source source, ReaderLimits limits) {
    this.source = source;
    this.limits = limits;
    this.thread = new Thread(this::run, "reader-heartbeat");
    thread.setDaemon(true);
    thread.start();
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

  private void run() {
    int missed = 0;
    try {
      do {
        try {
          source.beat();
          missed = 0;
        } catch (MirrorException.Transient e) {
          if (++missed >= limits.missedBeats()) {
            throw e;
          }
        }
      } while (!stop.await(limits.heartbeat().toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      failure = e;
    }
  }

  @Override
  public void close() {
    stop.countDown();
    thread.interrupt();
    try {
      thread.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
