package io.understudy.connectors.binlog;

import com.github.shyiko.mysql.binlog.event.TableMapEventData;
import io.understudy.journal.Change;
import io.understudy.journal.Column;
import io.understudy.journal.Relation;
import io.understudy.journal.Row;
import io.understudy.journal.Value;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A mirrored table as one transaction of the log announces it, brought together with the shape that
 * is known of it. What the log says about types must fit; a table that does not fit is not read.
 */
final class LoggedTable {
  private static final int ENUM_CODE = 247;
  private static final int SET_CODE = 248;

  private final Relation relation;
  private final List<Cells> cells;

  private LoggedTable(Relation relation, List<Cells> cells) {
    this.relation = relation;
    this.cells = cells;
  }

  /** Empty if the log's rows do not have the shape of {@code relation}. */
  static Optional<LoggedTable> of(Relation relation, TableMapEventData logged) {
    byte[] codes = logged.getColumnTypes();
    if (codes.length != relation.columns().size()) {
      return Optional.empty();
    }
    List<Cells> cells = new ArrayList<>(codes.length);
    for (int i = 0; i < codes.length; i++) {
      Column column = relation.columns().get(i);
      int meta = logged.getColumnMetadata()[i];
      Optional<ColumnType> type = ColumnType.parse(column.type());
      if (type.isEmpty() || !fits(type.get(), codes[i] & 0xFF, meta)) {
        return Optional.empty();
      }
      cells.add(new Cells(type.get(), meta));
    }
    List<String> names =
        logged.getEventMetadata() == null ? null : logged.getEventMetadata().getColumnNames();
    return names == null
            || names.isEmpty()
            || names.equals(relation.columns().stream().map(Column::name).toList())
        ? Optional.of(new LoggedTable(relation, cells))
        : Optional.empty();
  }

  private static boolean fits(ColumnType type, int code, int meta) {
    boolean labelled = meta >> 8 == ENUM_CODE || meta >> 8 == SET_CODE;
    return code == type.kind().wire()
        && switch (type.kind()) {
          case ENUM -> meta >> 8 == ENUM_CODE;
          case SET -> meta >> 8 == SET_CODE;
          case CHAR, BINARY -> !labelled;
          case DECIMAL -> (meta & 0xFF) == type.length() && meta >> 8 == type.scale();
          case TIME, DATETIME, TIMESTAMP -> meta == type.length();
          case BIT -> (meta >> 8) * 8 + (meta & 0xFF) == Math.max(1, type.length());
          default -> true;
        };
  }

  Relation relation() {
    return relation;
  }

  /** The rows of an event whose body, behind its table's number, {@code body} is at. */
  void insert(Cursor body, boolean checked, Consumer<Change> changes) throws IOException {
    requireAll(body);
    while (body.hasMore()) {
      changes.accept(new Change.Insert(relation, row(body), checked));
    }
  }

  void delete(Cursor body, boolean checked, Consumer<Change> changes) throws IOException {
    requireAll(body);
    while (body.hasMore()) {
      Row before = row(body);
      changes.accept(
          new Change.Delete(relation, relation.hasKey() ? key(before) : before, checked));
    }
  }

  void update(Cursor body, boolean checked, Consumer<Change> changes) throws IOException {
    requireAll(body);
    requireBits(body);
    while (body.hasMore()) {
      Row before = row(body);
      Row after = row(body);
      changes.accept(new Change.Update(relation, identity(before, after), after, checked));
    }
  }

  private Optional<Row> identity(Row before, Row after) {
    if (!relation.hasKey()) {
      return Optional.of(before);
    }
    Row key = key(before);
    return key.equals(key(after)) ? Optional.empty() : Optional.of(key);
  }

  private Row key(Row row) {
    List<Value> key = new ArrayList<>(cells.size());
    for (int i = 0; i < cells.size(); i++) {
      key.add(relation.columns().get(i).key() ? row.get(i) : Value.UNCHANGED);
    }
    return new Row(key);
  }

  private void requireAll(Cursor body) {
    int columns = body.packed();
    if (columns != cells.size()) {
      throw new IllegalArgumentException(
          "rows of " + columns + " columns, announced were " + cells.size());
    }
    requireBits(body);
  }

  private void requireBits(Cursor body) {
    if (body.bits(cells.size()).cardinality() != cells.size()) {
      throw new IncompleteRows();
    }
  }

  private Row row(Cursor body) throws IOException {
    BitSet nulls = body.bits(cells.size());
    List<Value> values = new ArrayList<>(cells.size());
    for (int i = 0; i < cells.size(); i++) {
      values.add(nulls.get(i) ? Value.NULL : cells.get(i).read(body));
    }
    return new Row(values);
  }

  /** Written under a {@code binlog_row_image} other than FULL. */
  static final class IncompleteRows extends RuntimeException {
    private static final long serialVersionUID = 1;
  }
}
