package io.understudy.connectors.postgres;

import io.understudy.connectors.KeyedRows;
import io.understudy.connectors.TablePatterns;
import io.understudy.journal.Column;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Relation;
import io.understudy.journal.Row;
import io.understudy.journal.RowKey;
import io.understudy.journal.TableName;
import io.understudy.journal.Value;
import io.understudy.journal.postgres.Printing;
import io.understudy.journal.postgres.Quoting;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/** Rows as a session sees them that has entered a snapshot. */
final class SnapshotRows implements KeyedRows {
  private static final int KEYS_AT_ONCE = 500;
  private static final TablePatterns ALL = new TablePatterns(List.of("*.*"), List.of());

  /** The snapshot's catalog names the file that held the rows; the server knows which does now. */
  private static final String REWRITTEN =
      """
      SELECT EXISTS (
        SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = ? AND c.relname = ?
           AND c.relfilenode IS DISTINCT FROM pg_relation_filenode(c.oid))""";

  private final Connection connection;
  private final Failures failures;
  private final Map<TableName, Relation> tables;

  private SnapshotRows(Connection connection, Failures failures, Map<TableName, Relation> tables) {
    this.connection = connection;
    this.failures = failures;
    this.tables = tables;
  }

  /**
   * @param connection is this one's from here on
   */
  static SnapshotRows in(Connection connection, Failures failures) throws SQLException {
    try {
      try (Statement statement = connection.createStatement()) {
        statement.execute(
            Printing.SETTINGS
                + "; SET statement_timeout = 0; SET lock_timeout = '60s';"
                + " SET idle_in_transaction_session_timeout = 0;"
                + " SET standard_conforming_strings = on");
      }
      return new SnapshotRows(
          connection,
          failures,
          Catalog.tables(connection, ALL).stream()
              .collect(Collectors.toMap(Relation::table, Function.identity())));
    } catch (SQLException | RuntimeException e) {
      try (connection) {
        throw e;
      }
    }
  }

  @Override
  public Optional<Relation> relation(TableName table) {
    return Optional.ofNullable(tables.get(table));
  }

  @Override
  public Map<RowKey, Row> find(Relation relation, Collection<RowKey> keys) {
    Map<RowKey, Row> found = new HashMap<>();
    List<RowKey> all = List.copyOf(keys);
    Set<RowKey> wanted = Set.copyOf(keys);
    try {
      for (int from = 0; from < all.size(); from += KEYS_AT_ONCE) {
        List<RowKey> some = all.subList(from, Math.min(all.size(), from + KEYS_AT_ONCE));
        for (Row row : rows(relation, some)) {
          RowKey key = RowKey.of(relation, row);
          if (wanted.contains(key)) { // equal values may print differently
            found.put(key, row);
          }
        }
      }
      requireAsItWas(relation.table());
    } catch (SQLException e) {
      throw failures.of("reading rows of table " + relation.table(), e);
    }
    return found;
  }

  private List<Row> rows(Relation relation, List<RowKey> keys) throws SQLException {
    String sql =
        "COPY (SELECT "
            + Quoting.columnNames(relation.columns())
            + " FROM ONLY "
            + Quoting.name(relation.table())
            + " t WHERE "
            + keys.stream().map(key -> condition(relation, key)).collect(Collectors.joining(" OR "))
            + ") TO STDOUT (ENCODING 'UTF8')";
    List<Row> rows = new ArrayList<>();
    CopyOut copy = connection.unwrap(PGConnection.class).getCopyAPI().copyOut(sql);
    for (byte[] line = copy.readFromCopy(); line != null; line = copy.readFromCopy()) {
      rows.add(CopyLine.row(relation, line));
    }
    return rows;
  }

  private static String condition(Relation relation, RowKey key) {
    int[] columns = RowKey.columns(relation);
    List<String> terms = new ArrayList<>();
    for (int i = 0; i < columns.length; i++) {
      Column column = relation.columns().get(columns[i]);
      String name = "t." + Quoting.name(column.name());
      String literal = literal(key.values().get(i));
      // What says that values of a type of somebody's own are equal may not be in the path; and a
      // cast to text is not how each of them prints: that of a domain over char(5) lacks the
      // blanks.
      boolean own = column.type().indexOf('.') >= 0;
      terms.add(
          own
              ? "pg_catalog.format('%s', " + name + ") = " + literal
              : name + " = CAST(" + literal + " AS " + column.type() + ")");
    }
    return terms.stream().collect(Collectors.joining(" AND ", "(", ")"));
  }

  private static String literal(Value value) {
    if (value instanceof Value.Text text) {
      return Quoting.literal(text.text());
    }
    if (value instanceof Value.Bytes bytes) {
      return Quoting.literal("\\x" + HexFormat.of().formatHex(bytes.bytes()));
    }
    throw new IllegalArgumentException("no value of a key: " + value);
  }

  private void requireAsItWas(TableName table) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(REWRITTEN)) {
      statement.setString(1, table.schema());
      statement.setString(2, table.table());
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        if (row.getBoolean(1)) {
          throw new MirrorException.Transient(
              "table " + table + " was emptied or rewritten while its rows were looked up", null);
        }
      }
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw failures.of("closing a session", e);
    }
  }
}
