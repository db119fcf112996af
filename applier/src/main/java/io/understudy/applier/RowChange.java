package io.understudy.applier;

import io.understudy.journal.Change;
import io.understudy.journal.Relation;
import io.understudy.journal.Row;
import io.understudy.journal.Value;
import java.util.BitSet;
import java.util.Optional;

/**
 * A change of one row as a statement sees it, whatever the engine.
 *
 * @param identity tells which row is meant; null for an insert
 * @param values the new ones; null for a delete
 * @param unchanged the columns that an update leaves alone
 * @param checked whether the source checked foreign keys for it
 */
public record RowChange(
    Operation operation,
    Relation relation,
    Row identity,
    Row values,
    BitSet unchanged,
    boolean checked) {
  private static final BitSet NONE = new BitSet();

  /** Empty for a change that is not of one row. */
  public static Optional<RowChange> of(Change change) {
    if (change instanceof Change.Insert insert) {
      return Optional.of(
          new RowChange(
              Operation.INSERT, insert.relation(), null, insert.after(), NONE, insert.checked()));
    }
    if (change instanceof Change.Update update) {
      return Optional.of(
          new RowChange(
              Operation.UPDATE,
              update.relation(),
              update.before().orElse(update.after()),
              update.after(),
              leftAlone(update),
              update.checked()));
    }
    if (change instanceof Change.Delete delete) {
      return Optional.of(
          new RowChange(
              Operation.DELETE, delete.relation(), delete.before(), null, NONE, delete.checked()));
    }
    return Optional.empty();
  }

  /** What the log did not repeat, and the key if it stays. */
  private static BitSet leftAlone(Change.Update update) {
    BitSet columns = new BitSet();
    Row after = update.after();
    for (int i = 0; i < after.values().size(); i++) {
      boolean sameKey = update.before().isEmpty() && update.relation().columns().get(i).key();
      if (sameKey || after.get(i) instanceof Value.Unchanged) {
        columns.set(i);
      }
    }
    return columns;
  }

  /** What a column holds afterwards; unchanged if this change does not tell. */
  public Value after(int column) {
    Value value = values.get(column);
    return value instanceof Value.Unchanged && identity != null ? identity.get(column) : value;
  }

  /** Whether an update gives a row with a key another one. */
  public boolean movesKey() {
    if (operation != Operation.UPDATE) {
      return false;
    }
    for (int i = 0; i < values.values().size(); i++) {
      if (relation.columns().get(i).key() && !unchanged.get(i)) {
        return true;
      }
    }
    return false;
  }

  /** Whether one statement text serves for both. */
  public boolean fits(RowChange other) {
    return operation == other.operation
        && checked == other.checked
        && unchanged.equals(other.unchanged)
        && relation.equals(other.relation);
  }
}
