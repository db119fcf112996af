package io.understudy.applier.postgres;

import io.understudy.applier.RowChange;
import io.understudy.journal.Change;
import io.understudy.journal.Relation;
import io.understudy.journal.TableName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The order in which changes are run. Neither triggers nor foreign keys are at work on the standby,
 * so changes of different tables may change places within one standby transaction; those of one
 * table keep their order if it has a key, and are taken together if it has none. Rows next to one
 * another that take the same statement make a run.
 */
record Plan(List<Step> steps) {

  sealed interface Step {}

  /** Rows of one table that take the same statement; never empty. */
  record Run(List<RowChange> rows) implements Step {
    RowChange first() {
      return rows.get(0);
    }
  }

  /** Tables emptied by one statement, once everything before it has run. */
  record Emptying(List<Relation> tables) implements Step {}

  /** Changes of one table, up to one that does not go with them. */
  interface Part {
    boolean takes(RowChange change);

    void add(RowChange change);

    List<Run> runs();
  }

  static Plan of(List<Change> changes) {
    List<Step> steps = new ArrayList<>();
    Map<TableName, List<Part>> parts = new LinkedHashMap<>();
    Map<TableName, Relation> emptied = new LinkedHashMap<>();
    for (Change change : changes) {
      Optional<RowChange> row = RowChange.of(change);
      if (row.isPresent()) {
        empty(emptied, steps);
        append(parts, row.get());
      } else {
        run(parts, steps);
        // one after another is the same as together, and foreign keys may ask for together
        change.relations().forEach(relation -> emptied.put(relation.table(), relation));
      }
    }
    run(parts, steps);
    empty(emptied, steps);
    return new Plan(steps);
  }

  private static void append(Map<TableName, List<Part>> parts, RowChange row) {
    List<Part> ofTable = parts.computeIfAbsent(row.relation().table(), table -> new ArrayList<>());
    if (ofTable.isEmpty() || !ofTable.get(ofTable.size() - 1).takes(row)) {
      ofTable.add(
          row.relation().hasKey()
              ? new Ordered(new ArrayList<>())
              : new RemainingChanges(row.relation()));
    }
    ofTable.get(ofTable.size() - 1).add(row);
  }

  private static void run(Map<TableName, List<Part>> parts, List<Step> steps) {
    parts.values().forEach(ofTable -> ofTable.forEach(part -> steps.addAll(part.runs())));
    parts.clear();
  }

  private static void empty(Map<TableName, Relation> emptied, List<Step> steps) {
    if (!emptied.isEmpty()) {
      steps.add(new Emptying(List.copyOf(emptied.values())));
      emptied.clear();
    }
  }

  /** One run, in order. */
  private record Ordered(List<RowChange> rows) implements Part {
    @Override
    public boolean takes(RowChange change) {
      return rows.isEmpty() || rows.get(0).fits(change);
    }

    @Override
    public void add(RowChange change) {
      rows.add(change);
    }

    @Override
    public List<Run> runs() {
      return List.of(new Run(rows));
    }
  }
}
