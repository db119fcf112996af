package io.understudy.applier.postgres;

import io.understudy.applier.RowChange;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Row;
import io.understudy.journal.Value;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;

/**
 * Sets a statement's parameters, one after another. Texts are bound without a type, so that the
 * server reads them as it reads literals.
 */
final class Binding {
  private final PreparedStatement statement;
  private final Target target;
  private int next = 1;

  Binding(PreparedStatement statement, Target target) {
    this.statement = statement;
    this.target = target;
  }

  /** Binds what {@code row} has in {@code columns}. */
  Binding values(int[] columns, Row row) throws SQLException {
    for (int column : columns) {
      value(column, row.get(column));
    }
    return this;
  }

  /** Binds what {@code row} leaves in {@code columns}. */
  Binding after(int[] columns, RowChange row) throws SQLException {
    for (int column : columns) {
      value(column, row.after(column));
    }
    return this;
  }

  private void value(int column, Value value) throws SQLException {
    if (value instanceof Value.Text text) {
      statement.setObject(next, text.text(), Types.OTHER);
    } else if (value instanceof Value.Bytes bytes) {
      statement.setBytes(next, bytes.bytes());
    } else if (value instanceof Value.Null) {
      statement.setNull(next, Types.NULL);
    } else {
      throw lacking(column);
    }
    next++;
  }

  Binding number(long number) throws SQLException {
    statement.setLong(next, number);
    next++;
    return this;
  }

  private MirrorException lacking(int column) {
    return new MirrorException.Invariant(
        "the journal lacks the value of column "
            + target.relation().columns().get(column).name()
            + " of table "
            + target.relation().table()
            + " that a change needs",
        "report this: the reader wrote an incomplete change");
  }
}
