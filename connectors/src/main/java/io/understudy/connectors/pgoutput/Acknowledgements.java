package io.understudy.connectors.pgoutput;

import io.understudy.journal.postgres.Lsn;

/**
 * What the thread that polls tells the one that reads: how far the journal is, and the standbys.
 * Counts events, since one without a change may be dealt with and leave no position behind.
 */
final class Acknowledgements {
  private Lsn durable;
  private Lsn applied;
  private long handedOut;
  private long settled;
  private boolean news;
  private boolean closed;

  /**
   * @param durable what is in the journal to begin with
   */
  Acknowledgements(Lsn durable) {
    this.durable = durable;
  }

  synchronized void handOut(int events) {
    handedOut += events;
  }

  /** All events handed out until now are dealt with, and {@code position} is in the journal. */
  synchronized void durable(Lsn position) {
    if (position.isAfter(durable)) {
      durable = position;
      news = true;
    }
    settled = handedOut;
    notifyAll();
  }

  synchronized void applied(Lsn position) {
    if (applied == null || position.isAfter(applied)) {
      applied = position;
      news = true;
      notifyAll();
    }
  }

  synchronized void close() {
    closed = true;
    notifyAll();
  }

  synchronized boolean isClosed() {
    return closed;
  }

  synchronized Lsn durable() {
    return durable;
  }

  /** Null before the first. */
  synchronized Lsn applied() {
    return applied;
  }

  /** Whether there was anything new since this was last asked. */
  synchronized boolean takeNews() {
    boolean was = news;
    news = false;
    return was;
  }

  /** The same, but waits a little if not. */
  synchronized boolean awaitNews(long millis) throws InterruptedException {
    long deadline = System.nanoTime() + millis * 1_000_000;
    for (long left = millis; !news && !closed && left > 0; ) {
      wait(left);
      left = (deadline - System.nanoTime()) / 1_000_000;
    }
    return takeNews();
  }

  /** Waits until so many events were dealt with; false if the log was closed before. */
  synchronized boolean awaitSettled(long events) throws InterruptedException {
    while (settled < events && !closed) {
      wait();
    }
    return !closed;
  }
}
