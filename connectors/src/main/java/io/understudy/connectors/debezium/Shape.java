package io.understudy.connectors.debezium;

import io.understudy.connectors.slot.KeyColumns;
import io.understudy.connectors.slot.LoggedColumn;
import io.understudy.journal.Change;
import io.understudy.journal.Relation;
import io.understudy.journal.Row;
import io.understudy.journal.Value;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.postgresql.core.Oid;

/** Reads the rows of one table, as long as its columns stay what they are. */
final class Shape {
  private final Schema schema;
  private final KeyColumns keys;
  private final Field[] fields;
  private final boolean[] binary;

  Shape(Schema schema, List<LoggedColumn> columns, Relation relation) {
    this.schema = schema;
    this.keys = new KeyColumns(relation);
    boolean[] kept = LoggedColumn.kept(columns, relation);
    int[] places = IntStream.range(0, kept.length).filter(i -> kept[i]).toArray();
    this.fields = IntStream.of(places).mapToObj(i -> schema.fields().get(i)).toArray(Field[]::new);
    this.binary = new boolean[fields.length];
    for (int i = 0; i < fields.length; i++) {
      binary[i] = columns.get(places[i]).type() == Oid.BYTEA;
    }
  }

  boolean isOf(Schema other) {
    return schema == other;
  }

  Relation relation() {
    return keys.relation();
  }

  Row row(Struct struct) {
    List<Value> values = new ArrayList<>(fields.length);
    for (int i = 0; i < fields.length; i++) {
      values.add(value(struct, i));
    }
    return new Row(values);
  }

  Change update(Struct before, Struct after) {
    return keys.update(Optional.ofNullable(before).map(this::row), row(after));
  }

  Change delete(Struct before) {
    return keys.delete(row(before));
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
