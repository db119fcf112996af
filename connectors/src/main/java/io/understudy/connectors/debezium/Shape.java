package io.understudy.connectors.debezium;

import io.understudy.journal.Change;
import io.understudy.journal.Relation;
import io.understudy.journal.Row;
import io.understudy.journal.Value;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.postgresql.core.Oid;

/** Reads the rows of one table, as long as its columns stay what they are. */
final class Shape {
  private final Schema schema;
  private final Relation relation;
  private final Field[] fields;
  private final boolean[] binary;

  Shape(Schema schema, List<LoggedColumn> columns, Relation relation) {
    this.schema = schema;
    this.relation = relation;
    this.fields = schema.fields().toArray(Field[]::new);
    this.binary = new boolean[fields.length];
    for (int i = 0; i < fields.length; i++) {
      binary[i] = columns.get(i).type() == Oid.BYTEA;
    }
  }

  boolean isOf(Schema other) {
    return schema == other;
  }

  Relation relation() {
    return relation;
  }

  Row row(Struct struct) {
    List<Value> values = new ArrayList<>(fields.length);
    for (int i = 0; i < fields.length; i++) {
      values.add(value(struct, i));
    }
    return new Row(values);
  }

  Change update(Struct before, Struct after) {
    return new Change.Update(relation, identity(before, after), row(after));
  }

  Change delete(Struct before) {
    return new Change.Delete(relation, relation.hasKey() ? key(before) : row(before));
  }

  private Optional<Row> identity(Struct before, Struct after) {
    if (before == null) {
      return Optional.empty();
    }
    if (!relation.hasKey()) {
      return Optional.of(row(before));
    }
    for (int i = 0; i < fields.length; i++) {
      if (relation.columns().get(i).key() && !value(before, i).equals(value(after, i))) {
        return Optional.of(key(before));
      }
    }
    return Optional.empty();
  }

  private Row key(Struct struct) {
    List<Value> values = new ArrayList<>(fields.length);
    for (int i = 0; i < fields.length; i++) {
      values.add(relation.columns().get(i).key() ? value(struct, i) : Value.UNCHANGED);
    }
    return new Row(values);
  }

  @SuppressWarnings("ReferenceEquality") // no value can be that very object
  private Value value(Struct struct, int column) {
    Object literal = struct.getWithoutDefault(fields[column].name());
    if (literal == null) {
      return Value.NULL;
    }
    if (literal == LiteralColumns.UNCHANGED) {
      return Value.UNCHANGED;
    }
    String text = (String) literal;
    return binary[column]
        ? new Value.Bytes(HexFormat.of().parseHex(text, "\\x".length(), text.length()))
        : new Value.Text(text);
  }
}
