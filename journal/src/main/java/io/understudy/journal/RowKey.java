package io.understudy.journal;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which row of a table with a key is meant, whatever the order of the table's columns.
 *
 * @param values of the key's columns as they print, in the order of the columns' names
 */
public record RowKey(TableName table, List<Value> values) {
  public RowKey {
    values = List.copyOf(values);
  }

  /** The columns of a relation's key, in the order in which {@link #values} has them. */
  public static int[] columns(Relation relation) {
    return IntStream.range(0, relation.columns().size())
        .filter(i -> relation.columns().get(i).key())
        .boxed()
        .sorted(Comparator.comparing(i -> relation.columns().get(i).name()))
        .mapToInt(i -> i)
        .toArray();
  }

  /** Of a row that tells its key. */
  public static RowKey of(Relation relation, Row row) {
    return new RowKey(
        relation.table(), Arrays.stream(columns(relation)).mapToObj(row::get).toList());
  }

  /**
   * The rows that a change is about: one, or two if it gives a row another key, the former first.
   * None for a change that is not of one row, or of a table without a key.
   */
  public static List<RowKey> of(Change change) {
    if (change.relations().size() != 1 || !change.relations().get(0).hasKey()) {
      return List.of();
    }
    Relation relation = change.relations().get(0);
    if (change instanceof Change.Insert insert) {
      return List.of(of(relation, insert.after()));
    }
    if (change instanceof Change.Delete delete) {
      return List.of(of(relation, delete.before()));
    }
    if (change instanceof Change.Update update) {
      Row before = update.before().orElse(update.after());
      RowKey former = of(relation, before);
      RowKey latter = of(relation, update.after().completedBy(before));
      return former.equals(latter) ? List.of(former) : List.of(former, latter);
    }
    return List.of();
  }
}
