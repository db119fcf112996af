package io.understudy.connectors.slot;

import io.understudy.journal.Column;
import io.understudy.journal.Relation;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A column as the log announced it.
 *
 * @param type the type's object identifier, unsigned 32 bits
 * @param modifier the type's modifier, -1 for none
 * @param typeName of a type that is not the server's own, {@code schema.name} as it was then; empty
 *     if the log does not tell it
 * @param identity what the column is to the table's replica identity
 */
public record LoggedColumn(
    String name, int type, int modifier, String typeName, Identity identity) {

  /** Which of {@code logged} the relation has; it has them in the same order. */
  public static boolean[] kept(List<LoggedColumn> logged, Relation relation) {
    Set<String> names =
        relation.columns().stream().map(Column::name).collect(Collectors.toUnmodifiableSet());
    boolean[] kept = new boolean[logged.size()];
    for (int i = 0; i < kept.length; i++) {
      kept[i] = names.contains(logged.get(i).name());
    }
    return kept;
  }

  /** What a column does in the former row that updates and deletes log. */
  public enum Identity {
    /** The column is not logged there. */
    NONE,
    /** It is part of the index that identifies rows. */
    INDEX,
    /** All columns are logged there: REPLICA IDENTITY FULL. */
    FULL
  }
}
