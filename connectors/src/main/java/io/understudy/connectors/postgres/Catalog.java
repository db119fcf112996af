package io.understudy.connectors.postgres;

import io.understudy.connectors.TablePatterns;
import io.understudy.connectors.debezium.LoggedColumn;
import io.understudy.connectors.debezium.LoggedColumn.Identity;
import io.understudy.journal.Column;
import io.understudy.journal.Relation;
import io.understudy.journal.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the catalog says about tables: those that hold rows themselves, partitions included, each
 * under its own name. Sessions are expected to have {@code search_path = pg_catalog}, so that types
 * print with their schema unless they are PostgreSQL's own.
 */
final class Catalog {
  /** Understudy's own schema, where a standby's progress is kept. */
  static final String OWN_SCHEMA = "understudy";

  /**
   * The columns of the index that identifies rows in the log: the replica identity, or with REPLICA
   * IDENTITY FULL the primary key. A deferrable constraint does not identify.
   */
  private static final String KEY =
      """
      SELECT a.attname
        FROM pg_index i
        JOIN pg_attribute a
          ON a.attrelid = i.indrelid
         AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1])
       WHERE i.indrelid = c.oid AND i.indimmediate AND i.indisvalid
         AND CASE c.relreplident WHEN 'i' THEN i.indisreplident
                                 WHEN 'n' THEN false ELSE i.indisprimary END
      """;

  private static final String COLUMNS =
      """
      SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
             a.attname IN (%s)
        FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = c.oid
       WHERE c.relkind = 'r' AND c.relpersistence <> 't'
         AND n.nspname NOT IN ('pg_catalog', 'information_schema', '%s')
         AND n.nspname !~ '^pg_'
         AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
       ORDER BY n.nspname, c.relname, a.attnum
      """
          .formatted(KEY, OWN_SCHEMA);

  private static final String LOGGED =
      """
      SELECT format_type(logged.type, logged.modifier),
             EXISTS (SELECT 1
                       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                      WHERE n.nspname = ? AND c.relname = ? AND c.relreplident = 'f'
                        AND logged.name IN (%s))
        FROM unnest(?::text[], ?::oid[], ?::int4[]) WITH ORDINALITY
             AS logged (name, type, modifier, position)
       ORDER BY logged.position
      """
          .formatted(KEY);

  private Catalog() {}

  /** The tables that match, in name order; generated columns, which do not travel, left out. */
  static List<Relation> tables(Connection connection, TablePatterns patterns) throws SQLException {
    Map<TableName, List<Column>> tables = new TreeMap<>();
    try (PreparedStatement statement = connection.prepareStatement(COLUMNS);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        TableName table = new TableName(rows.getString(1), rows.getString(2));
        if (patterns.matches(table)) {
          tables
              .computeIfAbsent(table, name -> new ArrayList<>())
              .add(new Column(rows.getString(3), rows.getString(4), rows.getBoolean(5)));
        }
      }
    }
    return tables.entrySet().stream()
        .map(table -> new Relation(table.getKey(), table.getValue()))
        .toList();
  }

  /**
   * The relation of rows that the log announced with these columns. Only where the log has full
   * rows is the catalog asked for the key: the primary key as it is now, none if the table is gone.
   */
  static Relation logged(Connection connection, TableName table, List<LoggedColumn> columns)
      throws SQLException {
    List<Column> found = new ArrayList<>(columns.size());
    try (PreparedStatement statement = connection.prepareStatement(LOGGED)) {
      statement.setString(1, table.schema());
      statement.setString(2, table.table());
      statement.setArray(
          3, connection.createArrayOf("text", columns.stream().map(LoggedColumn::name).toArray()));
      statement.setArray(
          4,
          connection.createArrayOf(
              "oid",
              columns.stream().map(column -> Integer.toUnsignedLong(column.type())).toArray()));
      statement.setArray(
          5,
          connection.createArrayOf("int4", columns.stream().map(LoggedColumn::modifier).toArray()));
      try (ResultSet rows = statement.executeQuery()) {
        for (LoggedColumn column : columns) {
          rows.next();
          boolean key =
              column.identity() == Identity.INDEX
                  || (column.identity() == Identity.FULL && rows.getBoolean(2));
          found.add(new Column(column.name(), rows.getString(1), key));
        }
      }
    }
    return new Relation(table, found);
  }
}
