package io.understudy.connectors.postgres;

import io.understudy.connectors.CopyPart;
import io.understudy.connectors.InitialCopy;
import io.understudy.journal.Column;
import io.understudy.journal.Position;
import io.understudy.journal.Relation;
import io.understudy.journal.RowForm;
import io.understudy.journal.TableName;
import io.understudy.journal.postgres.BinaryRows;
import io.understudy.journal.postgres.Quoting;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;

/**
 * The rows as the slot's snapshot shows them, through {@code COPY}, by several sessions that see
 * it. The first one's transaction holds a share lock on every table from before the slot was made,
 * so that no table changes its shape, or is rewritten under the snapshot, until the copy is done.
 */
final class SnapshotCopy implements InitialCopy {
  /**
   * What one part takes on the disk, about: little, since sessions that find none left wait for the
   * others; not less, since each costs a transaction of the standby.
   */
  private static final long PART_BYTES = 16L << 20;

  /**
   * What tables in heaps take, their large values included, and the pages of their rows. Of tables
   * that are locked only: a size waits for whoever holds the table.
   */
  private static final String SIZES =
      """
      SELECT n.nspname, c.relname, pg_table_size(c.oid),
             CASE WHEN am.amname = 'heap' THEN pg_relation_size(c.oid)
                       / current_setting('block_size')::bigint ELSE 0 END
        FROM unnest(?::text[], ?::text[]) copied (schema, name)
        JOIN pg_namespace n ON n.nspname = copied.schema
        JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = copied.name
        LEFT JOIN pg_am am ON am.oid = c.relam
      """;

  private final CopySessions sessions;
  private final Failures failures;
  private final Position position;
  private final List<Relation> tables;

  /**
   * @param sessions see the snapshot, each in a transaction; they belong to the copy
   */
  SnapshotCopy(
      List<Connection> sessions, Failures failures, Position position, List<Relation> tables) {
    this.sessions = new CopySessions(sessions, failures);
    this.failures = failures;
    this.position = position;
    this.tables = List.copyOf(tables);
  }

  @Override
  public Optional<String> snapshot() {
    try (Statement statement = sessions.first().createStatement();
        ResultSet row = statement.executeQuery("SELECT pg_export_snapshot()")) {
      row.next();
      return Optional.of(row.getString(1));
    } catch (SQLException e) {
      throw failures.of("exporting the snapshot", e);
    }
  }

  @Override
  public Optional<String> inTheWayOf() {
    String sql =
        """
        SELECT string_agg('process ' || pid || ' (' || application_name || ')', ', ' ORDER BY pid)
          FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))
        """;
    try (PreparedStatement statement = sessions.first().prepareStatement(sql);
        ResultSet row = statement.executeQuery()) {
      row.next();
      return Optional.ofNullable(row.getString(1));
    } catch (SQLException e) {
      throw failures.of("looking for who waits for the copy", e);
    }
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
  public int sessions() {
    return sessions.count();
  }

  private record Size(long bytes, long pages) {}

  @Override
  public List<CopyPart> parts() {
    try {
      Map<TableName, Size> sizes = sizes();
      List<CopyPart> parts = new ArrayList<>();
      for (Relation table : tables) {
        addParts(table, sizes.getOrDefault(table.table(), new Size(0, 0)), parts);
      }
      return parts;
    } catch (SQLException e) {
      throw failures.of("looking for the sizes of tables", e);
    }
  }

  private Map<TableName, Size> sizes() throws SQLException {
    Map<TableName, Size> sizes = new HashMap<>();
    Connection session = sessions.first();
    try (PreparedStatement statement = session.prepareStatement(SIZES)) {
      statement.setArray(1, names(session, TableName::schema));
      statement.setArray(2, names(session, TableName::table));
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          sizes.put(
              new TableName(row.getString(1), row.getString(2)),
              new Size(row.getLong(3), row.getLong(4)));
        }
      }
    }
    return sizes;
  }

  private Array names(Connection session, Function<TableName, String> part) throws SQLException {
    return session.createArrayOf("text", tables.stream().map(Relation::table).map(part).toArray());
  }

  private static void addParts(Relation table, Size size, List<CopyPart> to) {
    long count = Math.max(1, Math.min(size.pages(), size.bytes() / PART_BYTES));
    if (count == 1 || table.columns().isEmpty()) {
      to.add(CopyPart.whole(table, size.bytes()));
      return;
    }
    for (long i = 0; i < count; i++) {
      long end = i == count - 1 ? Long.MAX_VALUE : size.pages() * (i + 1) / count;
      to.add(new CopyPart(table, size.pages() * i / count, end, size.bytes() / count));
    }
  }

  @Override
  public Optional<String> binaryForm(Relation table) {
    try {
      return BinaryRows.form(sessions.first(), table);
    } catch (SQLException e) {
      throw failures.of("asking for the version and the encoding", e);
    }
  }

  @Override
  public long copy(CopyPart part, RowForm form, OutputStream out) throws IOException {
    Connection session;
    try {
      session = sessions.take(part.table().table());
    } catch (SQLException e) {
      throw failures.of("copying table " + part.table().table(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the copy was interrupted");
    }
    try {
      return session.unwrap(PGConnection.class).getCopyAPI().copyOut(statement(part, form), out);
    } catch (SQLException e) {
      throw failures.of("copying table " + part.table().table(), e);
    } finally {
      sessions.back(session);
    }
  }

  private static String statement(CopyPart part, RowForm form) {
    String to = " TO STDOUT" + (form == RowForm.BINARY ? " (FORMAT binary)" : "");
    Relation table = part.table();
    String name = Quoting.name(table.table());
    String columns =
        table.columns().stream()
            .map(Column::name)
            .map(Quoting::name)
            .collect(Collectors.joining(", "));
    if (part.isWhole()) {
      return "COPY " + name + (columns.isEmpty() ? "" : " (" + columns + ")") + to;
    }
    return "COPY (SELECT "
        + columns
        + " FROM ONLY "
        + name
        + " WHERE ctid >= '("
        + part.fromPage()
        + ",0)'"
        + (part.toPage() == Long.MAX_VALUE ? "" : " AND ctid < '(" + part.toPage() + ",0)'")
        + ")"
        + to;
  }

  @Override
  public void close() {
    sessions.close();
  }
}
