package io.understudy.app.harness;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Compares all tables of two databases row by row: the text of whole rows, as a multiset, so that
 * tables without a key and duplicate rows count, too. Both servers sort; equal rows are counted and
 * the rows merged here. Shares no code with the product. Only the product's own schema is left out.
 */
public final class RowComparison {
  public static final String ROWS = "rows of source and standby";
  private static final int FETCH = 5_000;

  private final Dialect dialect;
  private final Connections source;
  private final Connections standby;
  private final Findings findings;
  private final UnaryOperator<String> check;

  public RowComparison(
      Dialect dialect, Connections source, Connections standby, Findings findings) {
    this(dialect, source, standby, findings, table -> ROWS);
  }

  /**
   * @param check what the findings of a table, by its quoted name, are grouped under
   */
  public RowComparison(
      Dialect dialect,
      Connections source,
      Connections standby,
      Findings findings,
      UnaryOperator<String> check) {
    this.dialect = dialect;
    this.source = source;
    this.standby = standby;
    this.findings = findings;
    this.check = check;
  }

  /**
   * @return how many rows the source has in all tables together
   */
  public long run() throws SQLException {
    long rows = 0;
    try (Connection left = open(source);
        Connection right = open(standby)) {
      Map<String, List<String>> sourceTables = tables(left);
      Map<String, List<String>> standbyTables = tables(right);
      for (String table : standbyTables.keySet()) {
        if (!sourceTables.containsKey(table)) {
          findings.add(check.apply(table), table + " exists on the standby only");
        }
      }
      for (Map.Entry<String, List<String>> table : sourceTables.entrySet()) {
        List<String> columns = standbyTables.get(table.getKey());
        if (!table.getValue().equals(columns)) {
          findings.add(
              check.apply(table.getKey()),
              table.getKey() + " has columns " + table.getValue() + ", on the standby " + columns);
        } else {
          rows += compare(table.getKey(), table.getValue(), left, right);
        }
      }
    }
    return rows;
  }

  private Connection open(Connections database) throws SQLException {
    Connection connection = database.open();
    Sql.run(connection, dialect.comparable());
    connection.setAutoCommit(false);
    return connection;
  }

  /** Quoted table name to names of columns, both sorted. */
  private Map<String, List<String>> tables(Connection connection) throws SQLException {
    Map<String, List<String>> tables = new TreeMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(dialect.columns())) {
      while (rows.next()) {
        String name = dialect.quoted(rows.getString(1)) + "." + dialect.quoted(rows.getString(2));
        List<String> columns = tables.computeIfAbsent(name, ignored -> new ArrayList<>());
        if (!rows.getString(3).isEmpty()) {
          columns.add(rows.getString(3));
        }
      }
    }
    return tables;
  }

  private long compare(String table, List<String> columns, Connection left, Connection right)
      throws SQLException {
    String sql = "SELECT " + dialect.rowText(columns) + " FROM " + table + " ORDER BY 1";
    long rows = 0;
    try (Cursor a = new Cursor(left, sql);
        Cursor b = new Cursor(right, sql)) {
      while (a.row != null || b.row != null) {
        int order = a.row == null ? 1 : b.row == null ? -1 : Arrays.compareUnsigned(a.row, b.row);
        if (order == 0) {
          if (a.count != b.count) {
            report(
                table, a, a.count + " times on the source, " + b.count + " times on the standby");
          }
        } else if (order < 0) {
          report(table, a, "on the source only");
        } else {
          report(table, b, "on the standby only");
        }
        if (order <= 0) {
          rows += a.count;
          a.next();
        }
        if (order >= 0) {
          b.next();
        }
      }
    }
    return rows;
  }

  private void report(String table, Cursor cursor, String where) {
    String row = new String(cursor.row, UTF_8);
    findings.add(
        check.apply(table),
        table
            + " "
            + row.codePoints()
                .limit(120)
                .mapToObj(Character::toString)
                .collect(Collectors.joining())
            + ": "
            + where);
  }

  private static final class Cursor implements AutoCloseable {
    private final Statement statement;
    private final ResultSet rows;
    private byte[] ahead;
    private byte[] row;
    private long count;

    Cursor(Connection connection, String sql) throws SQLException {
      statement = connection.createStatement();
      statement.setFetchSize(FETCH);
      rows = statement.executeQuery(sql);
      ahead = rows.next() ? rows.getString(1).getBytes(UTF_8) : null;
      next();
    }

    /** To the next row that differs from this one. */
    void next() throws SQLException {
      row = ahead;
      count = 0;
      while (ahead != null && Arrays.equals(ahead, row)) {
        count++;
        ahead = rows.next() ? rows.getString(1).getBytes(UTF_8) : null;
      }
    }

    @Override
    public void close() throws SQLException {
      statement.close();
    }
  }
}
