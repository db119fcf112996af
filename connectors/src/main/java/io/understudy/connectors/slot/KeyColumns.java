package io.understudy.connectors.slot;

import io.understudy.journal.Change;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Relation;
import io.understudy.journal.Row;
import io.understudy.journal.Value;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Makes changes of one relation out of the rows that the log has, keeping of a former row only what
 * identifies it: the key's columns, or everything for a table without a key.
 */
public final class KeyColumns {
  private final Relation relation;
  private final int[] keys;
  private final boolean whole;

  public KeyColumns(Relation relation) {
    this(relation, false);
  }

  /**
   * @param whole whether all that the log has of a former row is kept, for people
   */
  public KeyColumns(Relation relation, boolean whole) {
    this.relation = relation;
    this.whole = whole;
    this.keys =
        IntStream.range(0, relation.columns().size())
            .filter(i -> relation.columns().get(i).key())
            .toArray();
  }

  public Relation relation() {
    return relation;
  }

  /**
   * @param before the former row as logged, empty if the log has none
   * @throws MirrorException.Invariant if nothing says which row it was
   */
  public Change update(Optional<Row> before, Row after) {
    if (before.isPresent()) {
      return new Change.Update(relation, identity(before.get(), after), after);
    }
    require(keys.length > 0, "an update without the former row");
    for (int key : keys) {
      require(!after.get(key).equals(Value.UNCHANGED), "an update without the row's key");
    }
    return new Change.Update(relation, Optional.empty(), after);
  }

  /**
   * @param before the former row as logged
   */
  public Change delete(Row before) {
    return new Change.Delete(relation, keys.length > 0 && !whole ? key(before) : before);
  }

  private Optional<Row> identity(Row before, Row after) {
    if (keys.length == 0 || whole) {
      return Optional.of(before);
    }
    for (int key : keys) {
      if (!before.get(key).equals(after.get(key))) {
        return Optional.of(key(before));
      }
    }
    return Optional.empty();
  }

  private Row key(Row row) {
    Value[] values = new Value[relation.columns().size()];
    Arrays.fill(values, Value.UNCHANGED);
    for (int key : keys) {
      values[key] = row.get(key);
    }
    return Row.of(values);
  }

  private void require(boolean holds, String what) {
    if (!holds) {
      throw new MirrorException.Invariant(
          "the source's log brought " + what + " of table " + relation.table(),
          "report this: nothing of its transaction was journaled");
    }
  }
}
