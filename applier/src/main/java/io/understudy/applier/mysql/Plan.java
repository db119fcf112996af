package io.understudy.applier.mysql;

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
 * The order in which changes are run. Foreign keys are at work on the standby, so changes keep
 * their order within a lane of {@link Lanes}; those of different lanes may change places within one
 * standby transaction. Rows next to one another that take the same statement make a run.
 */
record Plan(List<Step> steps) {

  sealed interface Step {}

  /** Rows of one table that take the same statement; never empty. */
  record Run(List<RowChange> rows) implements Step {
    RowChange first() {
      return rows.get(0);
    }
  }

  /** Tables emptied, once everything before has run. */
  record Emptying(List<Relation> tables) implements Step {}

  static Plan of(List<Change> changes, Lanes lanes) {
    List<Step> steps = new ArrayList<>();
    Map<TableName, List<Run>> runs = new LinkedHashMap<>();
    for (Change change : changes) {
      Optional<RowChange> row = RowChange.of(change);
      if (row.isPresent()) {
        TableName lane = lanes.of(row.get().relation().table());
        append(runs.computeIfAbsent(lane, first -> new ArrayList<>()), row.get());
      } else if (change instanceof Change.SchemaChange schema) {
        throw new IllegalStateException("no log of this engine holds " + schema.ddl().tag());
      } else if (change instanceof Change.SequenceValue value) {
        throw new IllegalStateException("no log of this engine tells of " + value.sequence());
      } else {
        runs.values().forEach(steps::addAll);
        runs.clear();
        steps.add(new Emptying(change.relations()));
      }
    }
    runs.values().forEach(steps::addAll);
    return new Plan(steps);
  }

  private static void append(List<Run> lane, RowChange row) {
    if (lane.isEmpty() || !lane.get(lane.size() - 1).first().fits(row)) {
      lane.add(new Run(new ArrayList<>()));
    }
    lane.get(lane.size() - 1).rows().add(row);
  }
}
