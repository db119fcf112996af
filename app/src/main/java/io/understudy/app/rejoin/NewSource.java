package io.understudy.app.rejoin;

import io.understudy.applier.Return;
import io.understudy.connectors.KeyedRows;
import io.understudy.connectors.Source;
import io.understudy.connectors.SourceSnapshot;
import io.understudy.journal.Change;
import io.understudy.journal.Column;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Relation;
import io.understudy.journal.Row;
import io.understudy.journal.RowKey;
import io.understudy.journal.TableName;
import io.understudy.journal.kafka.FormerFact;
import io.understudy.journal.kafka.Journal;
import io.understudy.journal.kafka.MirrorFacts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The source of today, as far as rows are concerned that a former source has changed: what it has
 * in their place at one point of the journal, and how it came to that.
 *
 * @param since what the journal holds of them, up to that point and a little more
 * @param keys of these rows, and of whatever they were or became under other keys
 * @param rows those that are there
 * @param obstacles why they cannot be told from others by their keys
 */
record NewSource(
    DatabaseName name,
    Return.Until until,
    JournalSince since,
    Set<RowKey> keys,
    Map<RowKey, Change.Insert> rows,
    List<String> obstacles) {
  private static final int ATTEMPTS = 5;
  private static final long PAUSE_MILLIS = 1_000;
  private static final Duration SNAPSHOT_LIMIT = Duration.ofSeconds(10);

  static NewSource look(
      Journal journal, MirrorFacts facts, FormerFact former, Source source, Undo undo)
      throws InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        return lookOnce(journal, facts, former, source, undo);
      } catch (MirrorException.Transient e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
        Thread.sleep(PAUSE_MILLIS);
      }
    }
  }

  private static NewSource lookOnce(
      Journal journal, MirrorFacts facts, FormerFact former, Source source, Undo undo)
      throws InterruptedException {
    try (SourceSnapshot snapshot = source.snapshot(SNAPSHOT_LIMIT)) {
      JournalSince since =
          JournalSince.read(
              journal,
              facts.journalTopicId(),
              former.offset(),
              source,
              facts.epoch(),
              snapshot.position(),
              undo.rows());
      Set<RowKey> keys = since.withOtherKeys();
      List<String> obstacles = new ArrayList<>(since.obstacles());
      try (KeyedRows rows = snapshot.rows()) {
        Map<RowKey, Change.Insert> found = find(rows, keys, undo, facts.source(), obstacles);
        return new NewSource(facts.source(), since.until(), since, keys, found, obstacles);
      }
    }
  }

  private static Map<RowKey, Change.Insert> find(
      KeyedRows rows, Set<RowKey> keys, Undo undo, DatabaseName name, List<String> obstacles) {
    Map<TableName, List<RowKey>> tables = new TreeMap<>();
    keys.forEach(key -> tables.computeIfAbsent(key.table(), table -> new ArrayList<>()).add(key));
    Map<RowKey, Change.Insert> found = new HashMap<>();
    tables.forEach(
        (table, wanted) -> {
          Optional<Relation> relation =
              rows.relation(table).filter(it -> key(it).equals(key(undo.table(table))));
          if (relation.isEmpty()) {
            obstacles.add(
                "table " + table + " is gone from " + name + ", or has another key there");
            return;
          }
          Map<RowKey, Row> there = rows.find(relation.get(), wanted);
          there.forEach((key, row) -> found.put(key, new Change.Insert(relation.get(), row)));
        });
    return found;
  }

  private static Set<String> key(Relation relation) {
    Set<String> names = new TreeSet<>();
    relation.columns().stream().filter(Column::key).map(Column::name).forEach(names::add);
    return names;
  }
}
