package io.understudy.app.rejoin;

import io.understudy.journal.Change;
import io.understudy.journal.Relation;
import io.understudy.journal.Row;
import io.understudy.journal.RowKey;
import io.understudy.journal.TableName;
import io.understudy.journal.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What undoing some changes takes: for tables with a key the rows to put right, for others the
 * opposite of each change, the last one first.
 */
final class Undo {
  private final Map<TableName, Relation> tables = new LinkedHashMap<>();
  private final Set<RowKey> rows = new LinkedHashSet<>();
  private final List<Change> opposites = new ArrayList<>();
  private final Set<String> obstacles = new LinkedHashSet<>();

  Undo(List<Extra> extras) {
    extras.forEach(extra -> extra.changes().forEach(this::take));
    Collections.reverse(opposites);
  }

  private void take(Change change) {
    if (change instanceof Change.Truncate truncate) {
      truncate.relations().forEach(it -> obstacles.add("TRUNCATE of table " + it.table()));
    } else if (change instanceof Change.SchemaChange schema) {
      obstacles.add("a change of the schema: " + schema.ddl().tag());
    } else if (change.relations().get(0).hasKey()) {
      Relation relation = change.relations().get(0);
      Relation known = tables.put(relation.table(), relation);
      if (known != null && !known.equals(relation)) {
        obstacles.add("table " + relation.table() + " was changed meanwhile");
      }
      rows.addAll(RowKey.of(change));
    } else {
      opposite(change);
    }
  }

  private void opposite(Change change) {
    if (change instanceof Change.Insert insert) {
      opposites.add(new Change.Delete(insert.relation(), insert.after()));
    } else if (change instanceof Change.Delete delete && isWhole(delete.before())) {
      opposites.add(new Change.Insert(delete.relation(), delete.before()));
    } else if (change instanceof Change.Update update && isWhole(update.before().orElseThrow())) {
      Row before = update.before().get();
      opposites.add(
          new Change.Update(
              update.relation(), Optional.of(update.after().completedBy(before)), before));
    } else {
      obstacles.add(
          "a row of table "
              + change.relations().get(0).table()
              + ", which has no key, of which the log lacks the former values");
    }
  }

  private static boolean isWhole(Row row) {
    return row.values().stream().noneMatch(Value.Unchanged.class::isInstance);
  }

  /** The rows of tables with a key that are touched. */
  Set<RowKey> rows() {
    return Collections.unmodifiableSet(rows);
  }

  /** A table with a key that is touched, as it was then. */
  Relation table(TableName table) {
    return tables.get(table);
  }

  List<Change> opposites() {
    return List.copyOf(opposites);
  }

  /** What cannot be undone row by row, a sentence each. */
  List<String> obstacles() {
    return List.copyOf(obstacles);
  }
}
