package io.understudy.applier;

import io.understudy.journal.Change;
import io.understudy.journal.Relation;
import io.understudy.journal.RowKey;
import io.understudy.journal.Sequence;
import java.util.List;

/**
 * How a former source that holds more than the journal becomes a standby: what it alone holds goes,
 * and what else those rows are to be is told up to a later point of the journal.
 *
 * @param at where the journal's knowledge of it ends; it goes on from there
 * @param undo changes, in this order, that undo those of tables without a key
 * @param rows that go, and that its applier leaves alone up to {@code until}; none twice
 * @param then what those rows are there, as far as there are any
 */
public record Return(
    Progress at, List<Change> undo, List<Touched> rows, List<Change.Insert> then, Until until) {
  public Return {
    undo = List.copyOf(undo);
    rows = List.copyOf(rows);
    then = List.copyOf(then);
  }

  /** A row, in the shape that its table has on the former source. */
  public record Touched(Relation relation, RowKey key) {}

  /**
   * @param offset of the record in the journal that the rows are as of
   * @param sequence of the last transaction before it, or it
   */
  public record Until(Sequence sequence, long offset) {}
}
