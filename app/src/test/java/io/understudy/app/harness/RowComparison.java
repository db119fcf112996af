package io.understudy.app.harness;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Compares all tables of two databases row by row: the text of whole rows, as a multiset, so that
 * tables without a key and duplicate rows count, too. Both servers sort; the rows are merged here.
 * Shares no code with the product. Only the product's own schema is left out.
 */
public final class RowComparison {
  public static final String ROWS = "rows of source and standby";
  private static final int FETCH = 5_000;

  private final Connections source;
  private final Connections standby;
  private final Findings findings;

  public RowComparison(Connections source, Connections standby, Findings findings) {
    this.source = source;
    this.standby = standby;
    this.findings = findings;
  }

  /**
   * @return how many rows the source has in all tables together
   */
  public long run() throws SQLException {
    long rows = 0;
    try (Connection left = open(source);
        Connection right = open(standby)) {
      Map<String, String> sourceTables = tables(left);
      Map<String, String> standbyTables = tables(right);
      for (String table : standbyTables.keySet()) {
        if (!sourceTables.containsKey(table)) {
          findings.add(ROWS, table + " exists on the standby only");
        }
      }
      for (Map.Entry<String, String> table : sourceTables.entrySet()) {
        String columns = standbyTables.get(table.getKey());
        if (!table.getValue().equals(columns)) {
          findings.add(
              ROWS,
              table.getKey() + " has columns " + table.getValue() + ", on the standby " + columns);
        } else {
          rows += compare(table.getKey(), table.getValue(), left, right);
        }
      }
    }
    return rows;
  }

  private static Connection open(Connections database) throws SQLException {
    Connection connection = database.open();
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "SET work_mem = '128MB'; SET datestyle = 'ISO'; SET timezone = 'UTC';"
              + " SET intervalstyle = 'postgres'; SET bytea_output = 'hex'");
    }
    connection.setAutoCommit(false);
    return connection;
  }

  /** Quoted table name to quoted column names, both sorted. */
  private static Map<String, String> tables(Connection connection) throws SQLException {
    Map<String, String> tables = new TreeMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                """
                SELECT format('%I.%I', n.nspname, c.relname),
                       string_agg(quote_ident(a.attname), ', ' ORDER BY a.attname COLLATE "C")
                  FROM pg_class c
                  JOIN pg_namespace n ON n.oid = c.relnamespace
                  LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                 WHERE c.relkind = 'r' AND c.relpersistence = 'p'
                   AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname NOT IN ('information_schema', 'understudy')
                 GROUP BY 1""")) {
      while (rows.next()) {
        tables.put(rows.getString(1), rows.getString(2) == null ? "" : rows.getString(2));
      }
    }
    return tables;
  }

  private long compare(String table, String columns, Connection left, Connection right)
      throws SQLException {
    String sql =
        "SELECT ROW("
            + columns
            + ")::text COLLATE \"C\", count(*) FROM "
            + table
            + " GROUP BY 1 ORDER BY 1";
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
        ROWS,
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
    private byte[] row;
    private long count;

    Cursor(Connection connection, String sql) throws SQLException {
      statement = connection.createStatement();
      statement.setFetchSize(FETCH);
      rows = statement.executeQuery(sql);
      next();
    }

    void next() throws SQLException {
      boolean more = rows.next();
      row = more ? rows.getString(1).getBytes(UTF_8) : null;
      count = more ? rows.getLong(2) : 0;
    }

    @Override
    public void close() throws SQLException {
      statement.close();
    }
  }
}
