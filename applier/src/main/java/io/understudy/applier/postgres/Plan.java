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
 * table keep their order. Rows next to one another that take the same statement make a run.
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

  static Plan of(List<Change> changes) {
    List<Step> steps = new ArrayList<>();
    Map<TableName, List<Run>> runs = new LinkedHashMap<>();
    Map<TableName, Relation> emptied = new LinkedHashMap<>();
    for (Change change : changes) {
      Optional<RowChange> row = RowChange.of(change);
      if (row.isPresent()) {
        empty(emptied, steps);
        append(runs, row.get());
      } else {
        runs.values().forEach(steps::addAll);
        runs.clear();
        // one after another is the same as together, and foreign keys may ask for together
        change.relations().forEach(relation -> emptied.put(relation.table(), relation));
      }
    }
    runs.values().forEach(steps::addAll);
    empty(emptied, steps);
    return new Plan(steps);
  }

  private static void append(Map<TableName, List<Run>> runs, RowChange row) {
    List<Run> ofTable = runs.computeIfAbsent(row.relation().table(), table -> new ArrayList<>());
    if (ofTable.isEmpty() || !ofTable.get(ofTable.size() - 1).first().fits(row)) {
      ofTable.add(new Run(new ArrayList<>()));
    }
    ofTable.get(ofTable.size() - 1).rows().add(row);
  }

  private static void empty(Map<TableName, Relation> emptied, List<Step> steps) {
    if (!emptied.isEmpty()) {
      steps.add(new Emptying(List.copyOf(emptied.values())));
      emptied.clear();
    }
  }
}
