package io.understudy.applier;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a session whose server went without a word, as behind a cut network. A call may take long
 * for a good reason, so the length alone tells nothing: only if a new connection gets no answer
 * either is the session aborted, and whoever waits in it learns that it is lost.
 */
public final class Lifeline implements AutoCloseable {
  /** How long a call may take before the server is asked whether it is there. */
  static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final Logger log = LoggerFactory.getLogger(Lifeline.class);
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final long IDLE = Long.MIN_VALUE;

  private final BooleanSupplier answers;
  private final Runnable abort;
  private final Thread thread;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile long since = IDLE;

  /**
   * @param answers whether the server answers a new connection, within a few seconds
   * @param abort ends the session's connection, from another thread, without waiting for anything
   */
  public Lifeline(String session, BooleanSupplier answers, Runnable abort) {
    this.answers = answers;
    this.abort = abort;
    this.thread = new Thread(() -> watch(session), "lifeline-" + session);
    thread.setDaemon(true);
    thread.start();
  }

  /** A call to the server begins. */
  public void busy() {
    since = System.nanoTime();
  }

  /** The call has ended. */
  public void idle() {
    since = IDLE;
  }

  private void watch(String session) {
    try {
      while (!closed.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
        long began = since;
        if (waitsFor(began) && !answers.getAsBoolean() && began == since) {
          log.warn("the server of {} has not answered for {} s", session, PATIENCE.toSeconds());
          abort.run();
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean waitsFor(long began) {
    return began != IDLE && System.nanoTime() - began > PATIENCE.toNanos();
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
