package io.understudy.app.rejoin;

import io.understudy.journal.Change;
import io.understudy.journal.Column;
import io.understudy.journal.Relation;
import io.understudy.journal.Row;
import io.understudy.journal.RowKey;
import io.understudy.journal.Sequence;
import io.understudy.journal.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.stream.Collectors;

/** Finds out which changes of a former source touch what the new one has changed, too. */
final class Conflicts {
  private static final int MOST_NAMED = 5;

  private final NewSource now;
  private final Set<RowKey> seen = new HashSet<>();

  Conflicts(NewSource now) {
    this.now = now;
  }

  /** A sentence each; of the changes of a row only the first is compared with what is there now. */
  List<String> of(Change change) {
    List<String> found = new ArrayList<>();
    List<RowKey> keys = RowKey.of(change);
    for (RowKey key : keys) {
      SortedSet<Sequence> by = now.since().changedBy(key);
      if (!by.isEmpty()) {
        found.add("changed on " + now.name() + " by transaction " + named(by));
      }
    }
    for (int i = 0; i < keys.size(); i++) {
      if (seen.add(keys.get(i))) {
        boolean isNew = change instanceof Change.Insert || i == 1;
        compare(change, keys.get(i), isNew).ifPresent(found::add);
      }
    }
    return found;
  }

  private static String named(SortedSet<Sequence> by) {
    return by.stream().limit(MOST_NAMED).map(Object::toString).collect(Collectors.joining(", "))
        + (by.size() > MOST_NAMED ? " and " + (by.size() - MOST_NAMED) + " more" : "");
  }

  private Optional<String> compare(Change change, RowKey key, boolean isNew) {
    Change.Insert there = now.rows().get(key);
    if (isNew) {
      return Optional.ofNullable(there).map(row -> "a row with this key is on " + now.name());
    }
    if (there == null) {
      return Optional.of("this row is not on " + now.name());
    }
    Optional<Row> before =
        change instanceof Change.Update update
            ? update.before()
            : Optional.of(((Change.Delete) change).before());
    List<String> other =
        before.map(row -> differing(change.relations().get(0), row, there)).orElse(List.of());
    return other.isEmpty()
        ? Optional.empty()
        : Optional.of("this row differs on " + now.name() + " in " + String.join(", ", other));
  }

  private static List<String> differing(Relation relation, Row before, Change.Insert there) {
    List<String> names = there.relation().columns().stream().map(Column::name).toList();
    List<String> differing = new ArrayList<>();
    for (int i = 0; i < relation.columns().size(); i++) {
      String name = relation.columns().get(i).name();
      int at = names.indexOf(name);
      boolean known = !(before.get(i) instanceof Value.Unchanged);
      if (known && (at < 0 || !there.after().get(at).equals(before.get(i)))) {
        differing.add(name);
      }
    }
    return differing;
  }
}
