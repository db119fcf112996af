package io.understudy.connectors.postgres;

import io.understudy.connectors.InitialCopy;
import io.understudy.journal.Column;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Position;
import io.understudy.journal.Relation;
import io.understudy.journal.TableName;
import io.understudy.journal.postgres.Lsn;
import java.io.IOException;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;

/**
 * The rows as the slot's snapshot shows them, through {@code COPY}. The transaction holds a share
 * lock on every table from before the slot was made, so that no table changes its shape, or is
 * rewritten under the snapshot, until the copy is done.
 */
final class SnapshotCopy implements InitialCopy {
  private final Connection connection;
  private final Failures failures;
  private final Lsn position;
  private final List<Relation> tables;

  SnapshotCopy(Connection connection, Failures failures, Lsn position, List<Relation> tables) {
    this.connection = connection;
    this.failures = failures;
    this.position = position;
    this.tables = List.copyOf(tables);
  }

  @Override
  public Position position() {
    return position;
  }

  @Override
  public List<Relation> tables() {
    return tables;
  }

  @Override
  public long estimatedRows(TableName table) {
    String sql = "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = ?::regclass";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, Quoting.table(table));
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? row.getLong(1) : 0;
      }
    } catch (SQLException e) {
      throw failures.of("estimating the rows of table " + table, e);
    }
  }

  @Override
  public long copy(Relation table, OutputStream out) throws IOException {
    String columns =
        table.columns().stream()
            .map(Column::name)
            .map(Quoting::identifier)
            .collect(Collectors.joining(", "));
    String copy = "COPY " + Quoting.table(table.table()) + " (" + columns + ") TO STDOUT";
    try {
      return connection.unwrap(PGConnection.class).getCopyAPI().copyOut(copy, out);
    } catch (SQLException e) {
      throw failures.of("copying table " + table.table(), e);
    }
  }

  @Override
  public void close() {
    try (connection) {
      connection.rollback();
    } catch (SQLException e) {
      MirrorException failure = failures.of("ending the snapshot", e);
      if (!(failure instanceof MirrorException.Transient)) {
        throw failure;
      } // the server ends a lost session's snapshot by itself
    }
  }
}
