package io.understudy.connectors.mysql;

import io.understudy.connectors.CopyPart;
import io.understudy.connectors.InitialCopy;
import io.understudy.journal.Column;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Position;
import io.understudy.journal.Relation;
import io.understudy.journal.RowForm;
import io.understudy.journal.TableName;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The rows as a snapshot shows them. The transaction holds a metadata lock on every table, so that
 * none changes its shape until the copy is done. Rows stream; few are in memory at a time.
 */
final class SnapshotCopy implements InitialCopy {
  private static final int FETCH_ROWS = 200;

  private final Connection connection;
  private final Failures failures;
  private final Position position;
  private final List<Relation> tables;

  SnapshotCopy(Connection connection, Failures failures, Position position, List<Relation> tables) {
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

  /** The snapshot is one session's. */
  @Override
  public int sessions() {
    return 1;
  }

  @Override
  public List<CopyPart> parts() {
    return tables.stream().map(table -> CopyPart.whole(table, bytes(table.table()))).toList();
  }

  private long bytes(TableName table) {
    try {
      String bytes =
          Sql.value(
              connection,
              "SELECT data_length FROM information_schema.tables"
                  + " WHERE table_schema = ? AND table_name = ?",
              table.schema(),
              table.table());
      return bytes.isEmpty() ? 0 : Long.parseLong(bytes);
    } catch (SQLException e) {
      throw failures.of("estimating the size of table " + table, e);
    }
  }

  @Override
  public long copy(CopyPart part, RowForm form, OutputStream out) throws IOException {
    Relation table = part.table();
    List<Printing> columns = new ArrayList<>();
    for (Column column : table.columns()) {
      columns.add(Printing.of(table.table(), column));
    }
    String select =
        columns.stream()
            .map(Printing::expression)
            .collect(Collectors.joining(", ", "SELECT ", " FROM " + Sql.name(table.table())));
    try (PreparedStatement statement = connection.prepareStatement(select)) {
      statement.setFetchSize(FETCH_ROWS);
      try (ResultSet rows = statement.executeQuery()) {
        return copy(rows, columns, out);
      }
    } catch (SQLException e) {
      throw failures.of("copying table " + table.table(), e);
    }
  }

  private static long copy(ResultSet rows, List<Printing> columns, OutputStream out)
      throws SQLException, IOException {
    long count = 0;
    StringBuilder line = new StringBuilder();
    while (rows.next()) {
      line.setLength(0);
      for (int i = 0; i < columns.size(); i++) {
        if (i > 0) {
          line.append('\t');
        }
        String value = columns.get(i).value(rows, i + 1);
        if (value == null) {
          line.append("\\N");
        } else {
          escape(value, line);
        }
      }
      out.write(line.append('\n').toString().getBytes(StandardCharsets.UTF_8));
      count++;
    }
    return count;
  }

  private static void escape(String value, StringBuilder line) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '\t' -> line.append("\\t");
        case '\n' -> line.append("\\n");
        case '\r' -> line.append("\\r");
        case '\\' -> line.append("\\\\");
        default -> line.append(c);
      }
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
