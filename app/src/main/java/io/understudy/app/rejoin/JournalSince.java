package io.understudy.app.rejoin;

import io.understudy.applier.Return;
import io.understudy.connectors.Source;
import io.understudy.journal.Body;
import io.understudy.journal.Change;
import io.understudy.journal.Epoch;
import io.understudy.journal.JournalEntry;
import io.understudy.journal.JournalRecord;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Position;
import io.understudy.journal.RowKey;
import io.understudy.journal.Sequence;
import io.understudy.journal.kafka.Journal;
import io.understudy.journal.kafka.JournalReader;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;

/**
 * What the journal holds behind a point, as far as it concerns some rows: who changed them, which
 * of them got other keys, and which record a snapshot of the source belongs to.
 */
final class JournalSince {
  private static final Duration POLL = Duration.ofMillis(200);

  /** A reader that is at work writes a heartbeat more often. */
  private static final Duration STILL = Duration.ofSeconds(30);

  private static final int MOST_MOVES = 200_000;

  private final Set<RowKey> rows;
  private final Map<RowKey, SortedSet<Sequence>> changedBy = new HashMap<>();
  private final Map<RowKey, List<RowKey>> moves = new HashMap<>();
  private final List<String> obstacles = new ArrayList<>();
  private int moved;
  private Return.Until until;

  private JournalSince(Set<RowKey> rows) {
    this.rows = rows;
  }

  /**
   * Reads up to a mark that it has the source write into its log.
   *
   * @param offset behind which to begin
   * @param epoch of the source
   * @param snapshot the position of a snapshot of the source
   * @param rows of interest
   */
  static JournalSince read(
      Journal journal,
      String topicId,
      long offset,
      Source source,
      Epoch epoch,
      Position snapshot,
      Set<RowKey> rows)
      throws InterruptedException {
    String mark = "rejoin " + UUID.randomUUID();
    JournalSince since = new JournalSince(rows);
    try (JournalReader reader = journal.open(topicId, offset + 1)) {
      source.mark(mark);
      long heard = System.nanoTime();
      while (System.nanoTime() - heard < STILL.toNanos()) {
        if (Thread.interrupted()) {
          throw new InterruptedException("stopped while reading the journal");
        }
        for (JournalEntry entry : reader.poll(POLL)) {
          heard = System.nanoTime();
          if (entry.record().body() instanceof Body.Marker marker && marker.name().equals(mark)) {
            return since;
          }
          since.take(entry, epoch, snapshot);
        }
      }
    }
    throw new MirrorException.Operator(
        "nothing of the new source came into the journal for " + STILL.toSeconds() + " s",
        "a rejoin goes through its reader: start it with understudy run; understudy status tells"
            + " what is not at work");
  }

  private void take(JournalEntry entry, Epoch epoch, Position snapshot) {
    JournalRecord record = entry.record();
    boolean whole = record.complete().equals(record.sequence());
    if (whole && record.epoch().equals(epoch) && !record.position().isAfter(snapshot)) {
      until = new Return.Until(record.sequence(), entry.offset());
    }
    if (record.body() instanceof Body.Piece piece) {
      piece.changes().forEach(change -> take(change, record.sequence()));
    }
  }

  private void take(Change change, Sequence by) {
    if (change instanceof Change.SchemaChange schema) {
      String text = schema.ddl().text().toUpperCase(Locale.ROOT);
      if (text.contains("RENAME") || text.contains("SET SCHEMA")) {
        obstacles.add(
            "transaction "
                + by
                + " of the journal gives something another name: "
                + schema.ddl().text());
      }
      return;
    }
    List<RowKey> keys = RowKey.of(change);
    for (RowKey key : keys) {
      if (rows.contains(key)) {
        changedBy.computeIfAbsent(key, row -> new TreeSet<>()).add(by);
      }
    }
    if (keys.size() == 2) {
      if (++moved > MOST_MOVES) {
        throw new MirrorException.Refused(
            "the new source has given more than " + MOST_MOVES + " rows other keys since",
            Candidates.ANEW);
      }
      moves.computeIfAbsent(keys.get(0), row -> new ArrayList<>(1)).add(keys.get(1));
      moves.computeIfAbsent(keys.get(1), row -> new ArrayList<>(1)).add(keys.get(0));
    }
  }

  /** The last record that the snapshot shows. */
  Return.Until until() {
    if (until == null) {
      throw new MirrorException.Transient(
          "the snapshot of the new source lies before its epoch in the journal", null);
    }
    return until;
  }

  /** The transactions that changed a row. */
  SortedSet<Sequence> changedBy(RowKey row) {
    return changedBy.getOrDefault(row, new TreeSet<>());
  }

  /** Why rows cannot be told by their keys from there on. */
  List<String> obstacles() {
    return List.copyOf(obstacles);
  }

  /** The rows, and whatever they were, or became, under other keys. */
  Set<RowKey> withOtherKeys() {
    Set<RowKey> all = new HashSet<>(rows);
    Deque<RowKey> next = new ArrayDeque<>(rows);
    while (!next.isEmpty()) {
      for (RowKey other : moves.getOrDefault(next.pop(), List.of())) {
        if (all.add(other)) {
          next.push(other);
        }
      }
    }
    return all;
  }
}
