package io.understudy.applier.postgres;

import io.understudy.applier.Operation;
import io.understudy.applier.RowChange;
import io.understudy.journal.Relation;
import io.understudy.journal.Row;
import io.understudy.journal.Value;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What remains to be done to a table without a key once its changes are taken together. Nothing but
 * their values tells its rows apart, so the table is a multiset: a change of a row that an earlier
 * change left becomes one with it, and every row that remains to be found was there before them
 * all. Rows whose values are spelled differently count as different here; the standby, where they
 * may be equal, then lacks a row, and the changes are run one by one.
 */
final class RemainingChanges implements Plan.Part {
  private final Relation relation;
  private final Set<Remaining> remaining = new LinkedHashSet<>();

  /** What changes so far left behind, by all values. */
  private final Map<Row, Deque<Remaining>> left = new HashMap<>();

  RemainingChanges(Relation relation) {
    this.relation = relation;
  }

  @Override
  public boolean takes(RowChange change) {
    return change.relation().equals(relation);
  }

  @Override
  public void add(RowChange change) {
    Remaining earlier = change.operation() == Operation.INSERT ? null : take(change.identity());
    if (change.operation() == Operation.DELETE) {
      if (earlier == null) {
        remaining.add(new Remaining(change));
      } else if (earlier.change.operation() == Operation.INSERT) {
        remaining.remove(earlier);
      } else {
        earlier.change = delete(earlier.change);
      }
      return;
    }
    Row after = after(change);
    Remaining now = earlier;
    if (earlier == null) {
      now = new Remaining(change);
      remaining.add(now);
    } else {
      earlier.change = together(earlier.change, change, after);
    }
    left.computeIfAbsent(after, row -> new ArrayDeque<>()).push(now);
  }

  /** Rows to delete first, then those to update, then the new ones. */
  @Override
  public List<Plan.Run> runs() {
    List<RowChange> deletes = new ArrayList<>();
    Map<BitSet, List<RowChange>> updates = new LinkedHashMap<>();
    List<RowChange> inserts = new ArrayList<>();
    for (Remaining each : remaining) {
      switch (each.change.operation()) {
        case DELETE -> deletes.add(each.change);
        case INSERT -> inserts.add(each.change);
        case UPDATE ->
            updates
                .computeIfAbsent(each.change.unchanged(), columns -> new ArrayList<>())
                .add(each.change);
      }
    }
    List<Plan.Run> runs = new ArrayList<>();
    for (List<RowChange> rows : concat(deletes, updates, inserts)) {
      if (!rows.isEmpty()) {
        runs.add(new Plan.Run(rows));
      }
    }
    return runs;
  }

  private static List<List<RowChange>> concat(
      List<RowChange> deletes, Map<BitSet, List<RowChange>> updates, List<RowChange> inserts) {
    List<List<RowChange>> all = new ArrayList<>();
    all.add(deletes);
    all.addAll(updates.values());
    all.add(inserts);
    return all;
  }

  private Remaining take(Row row) {
    Deque<Remaining> equal = left.get(row);
    if (equal == null) {
      return null;
    }
    Remaining taken = equal.pop();
    if (equal.isEmpty()) {
      left.remove(row);
    }
    return taken;
  }

  private static Row after(RowChange change) {
    if (change.unchanged().isEmpty()) {
      return change.values();
    }
    List<Value> values = new ArrayList<>(change.values().values());
    change.unchanged().stream().forEach(i -> values.set(i, change.after(i)));
    return new Row(values);
  }

  private static RowChange together(RowChange earlier, RowChange later, Row after) {
    BitSet unchanged = (BitSet) earlier.unchanged().clone();
    unchanged.and(later.unchanged());
    return new RowChange(
        earlier.operation(),
        earlier.relation(),
        earlier.identity(),
        after,
        unchanged,
        earlier.checked());
  }

  private static RowChange delete(RowChange update) {
    return new RowChange(
        Operation.DELETE,
        update.relation(),
        update.identity(),
        null,
        new BitSet(),
        update.checked());
  }

  /** Equal to nothing but itself. */
  private static final class Remaining {
    private RowChange change;

    Remaining(RowChange change) {
      this.change = change;
    }
  }
}
