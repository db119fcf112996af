package io.understudy.app.chaos;

import io.understudy.applier.JournalFeed;
import io.understudy.journal.Body;
import io.understudy.journal.Change;
import io.understudy.journal.JournalEntry;
import io.understudy.journal.JournalRecord;
import io.understudy.journal.TableName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A journal of which an applier reads one or two transactions wrongly, once. Sequences, positions
 * and offsets stay as they are, so that nothing but the changes tells. After the wrong one it lets
 * the standby stand for a moment, as a slow applier would.
 */
record RewrittenJournal(JournalFeed.Journal real, Sabotage.Mode mode)
    implements JournalFeed.Journal {

  @Override
  public JournalFeed openBehind(String topicId, long offset) {
    return new Feed(real.openBehind(topicId, offset), mode);
  }

  private static final class Feed implements JournalFeed {
    private static final Duration UNHARMED = Duration.ofSeconds(4);
    private static final Duration STANDSTILL = Duration.ofSeconds(2);
    private static final TableName NOISE = new TableName("public", "ledger_noise");
    private static final TableName LEDGER = new TableName("public", "ledger");
    private static final TableName HISTORY = new TableName("public", "pgbench_history");

    private final JournalFeed real;
    private final Sabotage.Mode mode;
    private final List<JournalEntry> held = new ArrayList<>();
    private long armedNanos = Long.MAX_VALUE;
    private boolean done;
    private boolean standstill;

    Feed(JournalFeed real, Sabotage.Mode mode) {
      this.real = real;
      this.mode = mode;
    }

    @Override
    public List<JournalEntry> poll(Duration timeout) throws InterruptedException {
      if (standstill) {
        standstill = false;
        Thread.sleep(STANDSTILL.toMillis());
        return release(held.size());
      }
      List<JournalEntry> next = real.poll(timeout);
      if (armedNanos == Long.MAX_VALUE && next.stream().anyMatch(this::fits)) {
        armedNanos = System.nanoTime() + UNHARMED.toNanos();
      }
      held.addAll(next);
      return done || System.nanoTime() < armedNanos ? release(held.size()) : harm();
    }

    private List<JournalEntry> harm() {
      int first = fitting(0);
      int second = fitting(first + 1);
      if (second == held.size()) {
        return release(first);
      }
      done = true;
      standstill = true;
      List<Change> one = changes(held.get(first));
      List<Change> other = changes(held.get(second));
      switch (mode) {
        case SKIP -> rewrite(first, List.of());
        case TWICE -> rewrite(first, both(one, one));
        case SWAP -> {
          rewrite(first, other);
          rewrite(second, one);
        }
        case HALF -> {
          rewrite(first, one.subList(0, one.size() / 2));
          rewrite(second, both(one.subList(one.size() / 2, one.size()), other));
        }
        default -> throw new IllegalStateException(mode + " does not rewrite the journal");
      }
      return release(first + 1);
    }

    /** The index of the next transaction that can be harmed, or the number of those held. */
    private int fitting(int from) {
      for (int i = from; i < held.size(); i++) {
        if (fits(held.get(i))) {
          return i;
        }
      }
      return held.size();
    }

    /**
     * Small, whole, and such that the harm makes no statement fail: a transaction of pgbench, whose
     * updates and insert can be left out or repeated, or one of the ledger that leaves the table
     * without a key alone.
     */
    private boolean fits(JournalEntry entry) {
      boolean whole =
          entry.record().body() instanceof Body.Piece piece && piece.piece() == 0 && piece.last();
      boolean pgbench = mode == Sabotage.Mode.SKIP || mode == Sabotage.Mode.TWICE;
      return whole && touches(entry, pgbench ? HISTORY : LEDGER) && !touches(entry, NOISE);
    }

    private static boolean touches(JournalEntry entry, TableName table) {
      return changes(entry).stream()
          .flatMap(change -> change.relations().stream())
          .anyMatch(relation -> relation.table().equals(table));
    }

    private static List<Change> changes(JournalEntry entry) {
      return entry.record().body() instanceof Body.Piece piece ? piece.changes() : List.of();
    }

    private static List<Change> both(List<Change> first, List<Change> second) {
      return Stream.concat(first.stream(), second.stream()).toList();
    }

    private void rewrite(int index, List<Change> changes) {
      JournalEntry entry = held.get(index);
      JournalRecord record = entry.record();
      Body.Piece piece = (Body.Piece) record.body();
      held.set(
          index,
          new JournalEntry(
              entry.offset(),
              entry.appended(),
              new JournalRecord(
                  record.mirror(),
                  record.epoch(),
                  record.term(),
                  record.sequence(),
                  record.position(),
                  record.commitTime(),
                  new Body.Piece(piece.sourceTransaction(), 0, true, 0, changes))));
    }

    private List<JournalEntry> release(int count) {
      List<JournalEntry> head = held.subList(0, count);
      List<JournalEntry> released = List.copyOf(head);
      head.clear();
      return released;
    }

    @Override
    public void close() {
      real.close();
    }
  }
}
