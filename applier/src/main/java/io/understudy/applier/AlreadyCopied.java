package io.understudy.applier;

import io.understudy.journal.Body;
import io.understudy.journal.Change;
import io.understudy.journal.JournalEntry;
import io.understudy.journal.Position;
import io.understudy.journal.Relation;
import io.understudy.journal.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * Leaves out what a table held when it was copied: tables that were copied after an interruption
 * are ahead of where the journal begins. Owned by one thread.
 */
final class AlreadyCopied {
  private Map<TableName, Position> copied;
  private Optional<Position> schema;
  private final JournalFeed.Journal journal;
  private final String topicId;
  private final ApplierLimits limits;
  private final BooleanSupplier stopping;

  /**
   * @param copied up to which position tables need no change
   * @param schema up to which position the schema needs none
   */
  AlreadyCopied(
      Map<TableName, Position> copied,
      Optional<Position> schema,
      JournalFeed.Journal journal,
      String topicId,
      ApplierLimits limits,
      BooleanSupplier stopping) {
    this.copied = copied;
    this.schema = schema;
    this.journal = journal;
    this.topicId = topicId;
    this.limits = limits;
    this.stopping = stopping;
  }

  /**
   * Where the transaction was committed that a record belongs to. Only the last piece of a large
   * one tells: the others stand where the transaction before them does, so the journal is read
   * ahead where that matters.
   *
   * @return empty if the applier is to stop before that is known
   */
  Optional<Position> commitOf(JournalEntry entry) throws InterruptedException {
    Position told = entry.record().position();
    if (!(entry.record().body() instanceof Body.Piece piece) || piece.last() || isOverAt(told)) {
      return Optional.of(told);
    }
    try (JournalFeed feed = journal.openBehind(topicId, entry.offset())) {
      while (!stopping.getAsBoolean()) {
        for (JournalEntry next : feed.poll(limits.pollTimeout())) {
          boolean same = next.record().sequence().equals(entry.record().sequence());
          if (!(same && next.record().body() instanceof Body.Piece later && !later.last())) {
            return Optional.of(next.record().position());
          }
        }
      }
    }
    return Optional.empty();
  }

  /** Whether anything is known of tables that were copied. */
  boolean isEmpty() {
    return copied.isEmpty() && schema.isEmpty();
  }

  /** Whether all tables are of the moment {@code position}. */
  boolean isOverAt(Position position) {
    return Stream.concat(copied.values().stream(), schema.stream())
        .noneMatch(copy -> copy.isAfter(position));
  }

  void forget() {
    copied = Map.of();
    schema = Optional.empty();
  }

  /** Those of a transaction's changes that its tables lack. */
  List<Change> missing(List<Change> changes, Position commit) {
    if (Stream.concat(copied.values().stream(), schema.stream()).allMatch(commit::isAfter)) {
      return changes;
    }
    List<Change> missing = new ArrayList<>(changes.size());
    for (Change change : changes) {
      if (change instanceof Change.SchemaChange) {
        if (schema.map(commit::isAfter).orElse(true)) {
          missing.add(change);
        }
        continue;
      }
      List<Relation> lacking =
          change.relations().stream().filter(relation -> lacks(relation, commit)).toList();
      if (lacking.size() == change.relations().size()) {
        missing.add(change);
      } else if (!lacking.isEmpty()) {
        missing.add(new Change.Truncate(lacking)); // no other change has several tables
      }
    }
    return missing;
  }

  private boolean lacks(Relation relation, Position commit) {
    Position copy = copied.get(relation.table());
    return copy == null || commit.isAfter(copy);
  }
}
