package io.understudy.connectors;

import io.understudy.journal.MirrorException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Between the thread that reads the log and the one that polls: bounded in count and bytes, a
 * failure comes out behind all that was read before it.
 */
public final class EventQueue {
  private static final int OVERHEAD = 64;

  private record Entry(LogEvent event, long size) {}

  private final int maxCount;
  private final long maxBytes;
  private final ArrayDeque<Entry> entries = new ArrayDeque<>();
  private long bytes;
  private MirrorException failure;
  private boolean closed;

  public EventQueue(int maxCount, long maxBytes) {
    this.maxCount = maxCount;
    this.maxBytes = maxBytes;
  }

  /** Waits for room; false if nobody will poll any more. */
  public synchronized boolean put(LogEvent event) throws InterruptedException {
    long size = size(event);
    while (!closed && !hasRoom(size)) {
      wait();
    }
    return !closed && add(event, size);
  }

  /** False if there is no room within {@code patience}, or nobody will poll any more. */
  public synchronized boolean offer(LogEvent event, Duration patience) throws InterruptedException {
    long size = size(event);
    long deadline = System.nanoTime() + patience.toNanos();
    while (!closed && !hasRoom(size)) {
      long millis = (deadline - System.nanoTime()) / 1_000_000;
      if (millis <= 0) {
        return false;
      }
      wait(millis);
    }
    return !closed && add(event, size);
  }

  public synchronized boolean isClosed() {
    return closed;
  }

  private static long size(LogEvent event) {
    return OVERHEAD + (event instanceof LogEvent.Changed changed ? changed.change().size() : 0);
  }

  private boolean hasRoom(long size) {
    return entries.isEmpty() || (entries.size() < 2 * maxCount && bytes + size <= maxBytes);
  }

  private boolean add(LogEvent event, long size) {
    if (entries.isEmpty()) {
      notifyAll();
    }
    entries.add(new Entry(event, size));
    bytes += size;
    return true;
  }

  /** The first failure counts. */
  public synchronized void fail(MirrorException cause) {
    if (failure == null) {
      failure = cause;
    }
    notifyAll();
  }

  public synchronized List<LogEvent> poll(Duration timeout) throws InterruptedException {
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

  /** Whether {@link #poll} returns events at once. */
  public synchronized boolean hasMore() {
    return !entries.isEmpty();
  }

  public synchronized void close() {
    closed = true;
    entries.clear();
    notifyAll();
  }
}
