package io.understudy.journal;

import java.util.List;
import java.util.stream.IntStream;

/** A row's values, in the order of its {@link Relation}'s columns. */
public record Row(List<Value> values) {
  public Row {
    values = List.copyOf(values);
  }

  public static Row of(Value... values) {
    return new Row(List.of(values));
  }

  public Value get(int column) {
    return values.get(column);
  }

  /** With what an update left alone, and the log did not repeat, as the row before it has it. */
  public Row completedBy(Row former) {
    return new Row(
        IntStream.range(0, values.size())
            .mapToObj(i -> get(i) instanceof Value.Unchanged ? former.get(i) : get(i))
            .toList());
  }

  /** Roughly the bytes this row takes. */
  public long size() {
    long size = 2;
    for (Value value : values) {
      size += value.size();
    }
    return size;
  }
}
