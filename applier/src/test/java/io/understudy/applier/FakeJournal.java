package io.understudy.applier;

import io.understudy.journal.JournalEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A journal in memory; at its end it does as it is told. */
public final class FakeJournal implements JournalFeed.Journal {
  private final List<Long> openedBehind = new ArrayList<>();
  private List<JournalEntry> entries = List.of();
  private Runnable atTheEnd = () -> {};
  private int pollLimit = Integer.MAX_VALUE;
  private int polls;
  private int interruptedAt;
  private Runnable interruption = () -> {};
  private boolean closed;

  public FakeJournal holding(List<JournalEntry> content) {
    this.entries = content;
    return this;
  }

  public FakeJournal atTheEnd(Runnable action) {
    this.atTheEnd = action;
    return this;
  }

  /** Hands out no more records at once. */
  public FakeJournal pollLimit(int records) {
    this.pollLimit = records;
    return this;
  }

  /** Does something before records are handed out for the {@code poll}-th time. */
  public FakeJournal beforePoll(int poll, Runnable action) {
    this.interruptedAt = poll;
    this.interruption = action;
    return this;
  }

  List<Long> openedBehind() {
    return openedBehind;
  }

  boolean closed() {
    return closed;
  }

  @Override
  public JournalFeed openBehind(String topicId, long offset) {
    openedBehind.add(offset);
    closed = false;
    List<JournalEntry> rest = entries.stream().filter(e -> e.offset() > offset).toList();
    return new JournalFeed() {
      private int next;

      @Override
      public List<JournalEntry> poll(Duration timeout) {
        polls++;
        if (polls == interruptedAt) {
          interruption.run();
        }
        int end = (int) Math.min(rest.size(), (long) next + pollLimit);
        List<JournalEntry> found = rest.subList(next, end);
        next = end;
        if (found.isEmpty()) {
          atTheEnd.run();
        }
        return found;
      }

      @Override
      public void close() {
        closed = true;
      }
    };
  }
}
