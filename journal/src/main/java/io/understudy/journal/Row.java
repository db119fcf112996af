package io.understudy.journal;

import java.util.List;

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

  /** Roughly the bytes this row takes. */
  public long size() {
    long size = 2;
    for (Value value : values) {
      size += value.size();
    }
    return size;
  }
}
