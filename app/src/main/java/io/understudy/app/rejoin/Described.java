package io.understudy.app.rejoin;

import io.understudy.journal.Change;
import io.understudy.journal.Column;
import io.understudy.journal.Relation;
import io.understudy.journal.Row;
import io.understudy.journal.Value;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** What reports say of a change. */
final class Described {
  private Described() {}

  static String operation(Change change) {
    if (change instanceof Change.Insert) {
      return "INSERT";
    }
    if (change instanceof Change.Update) {
      return "UPDATE";
    }
    if (change instanceof Change.Delete) {
      return "DELETE";
    }
    return change instanceof Change.Truncate ? "TRUNCATE" : "SCHEMA";
  }

  /** As far as the log tells: all of it, or the key. */
  static Optional<Row> former(Change change) {
    if (change instanceof Change.Update update) {
      return Optional.of(update.before().orElseGet(() -> keyOf(update.relation(), update.after())));
    }
    return change instanceof Change.Delete delete ? Optional.of(delete.before()) : Optional.empty();
  }

  static Optional<Row> latter(Change change) {
    if (change instanceof Change.Update update) {
      return Optional.of(update.after());
    }
    return change instanceof Change.Insert insert ? Optional.of(insert.after()) : Optional.empty();
  }

  /** The key that a row had, or has if it is new; nothing else of it. */
  static Row key(Change change) {
    Row row = former(change).or(() -> latter(change)).orElseThrow();
    return keyOf(change.relations().get(0), row);
  }

  private static Row keyOf(Relation relation, Row row) {
    List<Value> values = new ArrayList<>();
    for (int i = 0; i < relation.columns().size(); i++) {
      values.add(relation.columns().get(i).key() ? row.get(i) : Value.UNCHANGED);
    }
    return new Row(values);
  }

  /** The columns that an update left alone, and the log did not repeat. */
  static List<String> notLogged(Relation relation, Row row) {
    List<String> names = new ArrayList<>();
    List<Column> columns = relation.columns();
    for (int i = 0; i < columns.size(); i++) {
      if (row.get(i) instanceof Value.Unchanged) {
        names.add(columns.get(i).name());
      }
    }
    return names;
  }

  /** Null for SQL's NULL. */
  static String text(Value value) {
    if (value instanceof Value.Text text) {
      return text.text();
    }
    return value instanceof Value.Bytes bytes
        ? "\\x" + HexFormat.of().formatHex(bytes.bytes())
        : null;
  }
}
