package io.understudy.connectors.binlog;

import io.understudy.connectors.LogEvent;
import io.understudy.journal.MirrorException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Between the thread that reads the log and the one that polls: bounded in count and bytes, a
 * failure comes out behind all that was read before it.
 */
final class EventQueue {
  private static final int OVERHEAD = 64;

  private record Entry(LogEvent event, long size) {}

  private final int maxCount;
  private final long maxBytes;
  private final ArrayDeque<Entry> entries = new ArrayDeque<>();
  private long bytes;
  private MirrorException failure;
  private boolean closed;

  EventQueue(int maxCount, long maxBytes) {
    this.maxCount = maxCount;
    this.maxBytes = maxBytes;
  }

  /** Waits for room; false if nobody will poll any more. */
  synchronized boolean put(LogEvent event) throws InterruptedException {
    long size =
        OVERHEAD + (event instanceof LogEvent.Changed changed ? changed.change().size() : 0);
    while (!closed
        && !entries.isEmpty()
        && (entries.size() >= 2 * maxCount || bytes + size > maxBytes)) {
      wait();
    }
    if (closed) {
      return false;
    }
    entries.add(new Entry(event, size));
    bytes += size;
    notifyAll();
    return true;
  }

  /** The first failure counts. */
  synchronized void fail(MirrorException cause) {
    if (failure == null) {
      failure = cause;
    }
    notifyAll();
  }

  synchronized List<LogEvent> poll(Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (entries.isEmpty()) {
      if (failure != null) {
        throw failure;
      }
      long millis = (deadline - System.nanoTime()) / 1_000_000;
      if (closed || millis <= 0) {
        return List.of();
      }
      wait(millis);
    }
    List<LogEvent> batch = new ArrayList<>();
    while (!entries.isEmpty() && batch.size() < maxCount) {
      Entry entry = entries.poll();
      bytes -= entry.size();
      batch.add(entry.event());
    }
    notifyAll();
    return batch;
  }

  synchronized void close() {
    closed = true;
    entries.clear();
    notifyAll();
  }
}
