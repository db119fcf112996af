package io.understudy.applier.mysql;

import io.understudy.applier.RowChange;
import io.understudy.journal.Column;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Relation;
import io.understudy.journal.Row;
import io.understudy.journal.Value;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The statements that bring changes of one relation onto its table on the standby, and the binding
 * of their parameters. Columns are numbered as in the relation; generated ones are left out.
 */
final class Target {
  private final Relation relation;
  private final Form[] forms;
  private final int[] written;
  private final int[] identifying;
  private final String table;
  private final String condition;

  Target(Relation relation, StandbyTable standby) {
    List<Column> columns = relation.columns();
    this.relation = relation;
    this.table = Sql.name(relation.table());
    this.forms = new Form[columns.size()];
    for (int i = 0; i < forms.length; i++) {
      forms[i] = Form.of(standby.columns().get(columns.get(i).name()).type());
    }
    this.written =
        IntStream.range(0, forms.length)
            .filter(i -> !standby.columns().get(columns.get(i).name()).generated())
            .toArray();
    this.identifying =
        relation.hasKey()
            ? IntStream.range(0, forms.length).filter(i -> columns.get(i).key()).toArray()
            : written;
    this.condition = condition();
  }

  private String condition() {
    return IntStream.of(identifying)
            .mapToObj(i -> relation.hasKey() ? name(i) + " = ?" : forms[i].matches(name(i)))
            .collect(Collectors.joining(" AND ", " WHERE ", ""))
        + (relation.hasKey() ? "" : " LIMIT 1");
  }

  Relation relation() {
    return relation;
  }

  int[] written() {
    return written;
  }

  String insert(int rows) {
    String tuple =
        IntStream.of(written).mapToObj(i -> "?").collect(Collectors.joining(", ", "(", ")"));
    String names = IntStream.of(written).mapToObj(this::name).collect(Collectors.joining(", "));
    return "INSERT INTO "
        + table
        + " ("
        + names
        + ") VALUES "
        + String.join(", ", Collections.nCopies(rows, tuple));
  }

  /** For the parameters of one row among those of {@link #insert}. Returns the next index. */
  int bindInsert(PreparedStatement statement, int index, Row row) throws SQLException {
    int next = index;
    for (int column : written) {
      bind(statement, next++, column, row.get(column));
    }
    return next;
  }

  /** The columns whose new values an update tells. */
  private int[] assigned(RowChange row) {
    return IntStream.of(written)
        .filter(i -> !(row.values().get(i) instanceof Value.Unchanged))
        .toArray();
  }

  /** Also assigns a key that stays, lest it have a default for updates. */
  String update(RowChange like) {
    int[] columns = assigned(like);
    String assignments =
        columns.length == 0
            ? name(written[0]) + " = " + name(written[0])
            : IntStream.of(columns)
                .mapToObj(i -> name(i) + " = ?")
                .collect(Collectors.joining(", "));
    return "UPDATE " + table + " SET " + assignments + condition;
  }

  void bindUpdate(PreparedStatement statement, RowChange row) throws SQLException {
    int next = 1;
    for (int column : assigned(row)) {
      bind(statement, next++, column, row.values().get(column));
    }
    bindCondition(statement, next, row.identity());
  }

  String delete() {
    return "DELETE FROM " + table + condition;
  }

  void bindDelete(PreparedStatement statement, RowChange row) throws SQLException {
    bindCondition(statement, 1, row.identity());
  }

  String deleteAll() {
    return "DELETE FROM " + table;
  }

  private void bindCondition(PreparedStatement statement, int index, Row identity)
      throws SQLException {
    int next = index;
    for (int column : identifying) {
      if (relation.hasKey()) {
        bind(statement, next++, column, identity.get(column));
      } else {
        require(forms[column].bindMatch(statement, next, identity.get(column)), column);
        next += forms[column].matchParameters();
      }
    }
  }

  private void bind(PreparedStatement statement, int index, int column, Value value)
      throws SQLException {
    require(forms[column].bind(statement, index, value), column);
  }

  private void require(boolean fits, int column) {
    if (!fits) {
      throw new MirrorException.Invariant(
          "the journal lacks the value of column "
              + relation.columns().get(column).name()
              + " of table "
              + relation.table()
              + " that a change needs, or has it in another form than the column's type",
          "report this: the reader wrote a wrong change");
    }
  }

  /** A field of an initial copy; NULL is {@link Value#NULL}. */
  Value copied(int column, String field) {
    return forms[column].copied(field);
  }

  private String name(int column) {
    return Sql.name(relation.columns().get(column).name());
  }
}
