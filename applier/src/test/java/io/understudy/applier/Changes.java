package io.understudy.applier;

import io.understudy.journal.Change;
import io.understudy.journal.Relation;
import io.understudy.journal.Row;
import io.understudy.journal.Value;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Spells changes shortly. A value is its text, null, bytes, or a {@link Value}. */
public final class Changes {
  public static final Value SAME = Value.UNCHANGED;

  private Changes() {}

  public static Row row(Object... values) {
    List<Value> row = new ArrayList<>();
    for (Object value : values) {
      row.add(value(value));
    }
    return new Row(row);
  }

  public static Change insert(Relation relation, Object... values) {
    return new Change.Insert(relation, row(values));
  }

  public static Change update(Relation relation, Object... values) {
    return new Change.Update(relation, Optional.empty(), row(values));
  }

  public static Change move(Relation relation, Row before, Object... values) {
    return new Change.Update(relation, Optional.of(before), row(values));
  }

  public static Change delete(Relation relation, Object... identity) {
    return new Change.Delete(relation, row(identity));
  }

  public static Change truncate(Relation... relations) {
    return new Change.Truncate(List.of(relations));
  }

  /** The same, but the source did not check foreign keys for it. */
  public static Change unchecked(Change change) {
    if (change instanceof Change.Insert insert) {
      return new Change.Insert(insert.relation(), insert.after(), false);
    }
    if (change instanceof Change.Update update) {
      return new Change.Update(update.relation(), update.before(), update.after(), false);
    }
    if (change instanceof Change.Delete delete) {
      return new Change.Delete(delete.relation(), delete.before(), false);
    }
    return change;
  }

  private static Value value(Object value) {
    if (value == null) {
      return Value.NULL;
    }
    if (value instanceof Value given) {
      return given;
    }
    if (value instanceof byte[] bytes) {
      return new Value.Bytes(bytes);
    }
    return new Value.Text(value.toString());
  }

  public static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
