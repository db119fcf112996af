package io.understudy.app.failover;

import io.understudy.journal.Body;
import io.understudy.journal.Change;
import io.understudy.journal.Epoch;
import io.understudy.journal.JournalEntry;
import io.understudy.journal.Relation;
import io.understudy.journal.Sequence;
import io.understudy.journal.TableName;
import io.understudy.journal.kafka.Journal;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The transactions of a journal as people look for them: when, and what they touched. */
public final class Transactions {
  private final Optional<JournalPoint> from;
  private final Optional<TableName> table;
  private final int last;
  private final Deque<Listed> found = new ArrayDeque<>();

  /**
   * What the transaction changes so far; empty before the first that is there from its beginning.
   */
  private Optional<Map<TableName, Long>> open = Optional.empty();

  private static final Comparator<TableName> ORDER = Comparator.comparing(TableName::toString);

  /**
   * @param id the source's own
   * @param changes how many rows of each table
   */
  public record Listed(
      Sequence sequence,
      Epoch epoch,
      Instant commitTime,
      String id,
      Map<TableName, Long> changes) {}

  /**
   * @param from the first one wanted
   * @param table that they change; empty for any
   * @param last how many at the most, the last ones
   */
  public Transactions(Optional<JournalPoint> from, Optional<TableName> table, int last) {
    this.from = from;
    this.table = table;
    this.last = last;
  }

  /** In the order of the journal. */
  public List<Listed> of(Journal journal) {
    JournalWalk.over(
        journal,
        entry -> {
          take(entry);
          return true;
        });
    return List.copyOf(found);
  }

  private void take(JournalEntry entry) {
    if (!(entry.record().body() instanceof Body.Piece piece)) {
      return;
    }
    if (piece.piece() == 0) {
      open = Optional.of(new TreeMap<>(ORDER));
    }
    open.ifPresent(changes -> take(entry, piece, changes));
  }

  private void take(JournalEntry entry, Body.Piece piece, Map<TableName, Long> changes) {
    for (Change change : piece.changes()) {
      for (Relation relation : change.relations()) {
        changes.merge(relation.table(), 1L, Long::sum);
      }
    }
    if (piece.last() && isWanted(entry, changes)) {
      found.add(
          new Listed(
              entry.record().sequence(),
              entry.record().epoch(),
              entry.record().commitTime(),
              piece.sourceTransaction(),
              changes));
      if (found.size() > last) {
        found.removeFirst();
      }
    }
  }

  private boolean isWanted(JournalEntry entry, Map<TableName, Long> changes) {
    boolean after =
        from.map(
                point ->
                    point
                        .sequence()
                        .map(it -> entry.record().sequence().compareTo(it) >= 0)
                        .orElseGet(
                            () ->
                                !entry.record().commitTime().isBefore(point.time().orElseThrow())))
            .orElse(true);
    return after && table.map(changes::containsKey).orElse(true);
  }
}
