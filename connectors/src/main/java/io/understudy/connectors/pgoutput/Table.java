package io.understudy.connectors.pgoutput;

import io.understudy.connectors.slot.KeyColumns;
import io.understudy.connectors.slot.LoggedColumn;
import io.understudy.journal.Change;
import io.understudy.journal.Relation;
import io.understudy.journal.Row;
import io.understudy.journal.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.postgresql.core.Oid;

/** One table as it was announced: reads its rows out of the log. */
final class Table {
  private final byte[] content;
  private final KeyColumns keys;
  private final boolean full;
  private final boolean[] binary;
  private final boolean[] kept;

  private Table(byte[] content, KeyColumns keys, boolean full, boolean[] binary, boolean[] kept) {
    this.content = content;
    this.keys = keys;
    this.full = full;
    this.binary = binary;
    this.kept = kept;
  }

  /** One whose changes are passed over. */
  static Table unmirrored(byte[] content) {
    return new Table(content, null, false, new boolean[0], new boolean[0]);
  }

  /**
   * @param content the announcement behind the table's number
   */
  static Table mirrored(byte[] content, boolean full, List<LoggedColumn> columns, KeyColumns keys) {
    boolean[] binary = new boolean[columns.size()];
    for (int i = 0; i < binary.length; i++) {
      binary[i] = columns.get(i).type() == Oid.BYTEA;
    }
    return new Table(content, keys, full, binary, LoggedColumn.kept(columns, keys.relation()));
  }

  byte[] content() {
    return content;
  }

  boolean isMirrored() {
    return keys != null;
  }

  /**
   * Whether the relation rests on more than the announcement: with full rows the catalog has the
   * key, and it alone says which columns are generated. That may change without anything else.
   */
  boolean restsOnCatalog() {
    return full || (isMirrored() && relation().columns().size() < kept.length);
  }

  /** Of a mirrored table. */
  Relation relation() {
    return keys.relation();
  }

  Change insert(Wire message) {
    require(message, message.int8() == 'N', "inserts no new row");
    return new Change.Insert(relation(), row(message));
  }

  Change update(Wire message) {
    byte kind = message.int8();
    Optional<Row> before = Optional.empty();
    if (kind != 'N') {
      before = Optional.of(former(kind, message));
      kind = message.int8();
    }
    require(message, kind == 'N', "updates to no new row");
    return keys.update(before, row(message));
  }

  Change delete(Wire message) {
    return keys.delete(former(message.int8(), message));
  }

  private Row former(byte kind, Wire message) {
    // Of a row of which only the key was logged, nothing but the key may be used.
    boolean known = kind == 'O' || (kind == 'K' && relation().hasKey());
    require(message, known, "has a former row of unknown kind " + kind);
    return row(message);
  }

  private Row row(Wire message) {
    int columns = message.int16();
    require(
        message,
        columns == binary.length,
        "has " + columns + " values for the " + binary.length + " columns");
    List<Value> values = new ArrayList<>(columns);
    for (int i = 0; i < columns; i++) {
      Value value = value(message, binary[i]);
      if (kept[i]) {
        values.add(value);
      }
    }
    return new Row(values);
  }

  private static Value value(Wire message, boolean binary) {
    byte kind = message.int8();
    return switch (kind) {
      case 't' ->
          binary ? new Value.Bytes(message.countedHex()) : new Value.Text(message.counted());
      case 'n' -> Value.NULL;
      case 'u' -> Value.UNCHANGED;
      default -> throw message.broken("has a value of unknown kind " + kind);
    };
  }

  private void require(Wire message, boolean holds, String what) {
    if (!holds) {
      throw message.broken(what + " of table " + relation().table());
    }
  }
}
