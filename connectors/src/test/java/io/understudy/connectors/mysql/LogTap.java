package io.understudy.connectors.mysql;

import io.understudy.connectors.LogEvent;
import io.understudy.connectors.SourceLog;
import io.understudy.journal.Change;
import io.understudy.journal.Position;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Puts a log's events together to transactions. */
final class LogTap implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final SourceLog log;
  private final List<Change> changes = new ArrayList<>();
  private String open;

  LogTap(SourceLog log) {
    this.log = log;
  }

  /** The transactions that one poll completes. */
  List<Transaction> poll() throws InterruptedException {
    List<Transaction> complete = new ArrayList<>();
    for (LogEvent event : log.poll(Duration.ofMillis(100))) {
      if (event instanceof LogEvent.Begin begin) {
        if (open != null) {
          throw new AssertionError("a transaction inside " + open);
        }
        open = begin.transaction();
      } else if (event instanceof LogEvent.Changed changed) {
        changes.add(changed.change());
      } else if (event instanceof LogEvent.Abandoned) {
        changes.clear();
        open = null;
      } else if (event instanceof LogEvent.Commit commit) {
        complete.add(
            new Transaction(open, List.copyOf(changes), commit.position(), commit.commitTime()));
        changes.clear();
        open = null;
      }
    }
    return complete;
  }

  /** All transactions up to and including the first one that lies behind {@code end}. */
  List<Transaction> readPast(Position end) throws InterruptedException {
    List<Transaction> read = new ArrayList<>();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (read.isEmpty() || !read.get(read.size() - 1).position().isAfter(end)) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("nothing came behind " + end + "; read " + read.size());
      }
      read.addAll(poll());
    }
    return read;
  }

  @Override
  public void close() {
    log.close();
  }
}
