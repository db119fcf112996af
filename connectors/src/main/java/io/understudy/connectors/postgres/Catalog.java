package io.understudy.connectors.postgres;

import io.understudy.connectors.TablePatterns;
import io.understudy.connectors.slot.LoggedColumn;
import io.understudy.connectors.slot.LoggedColumn.Identity;
import io.understudy.journal.Column;
import io.understudy.journal.Partition;
import io.understudy.journal.Relation;
import io.understudy.journal.TableName;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What the catalog says about tables: those that hold rows themselves, partitions included, each
 * under its own name. Sessions are expected to have {@code search_path = pg_catalog}, so that types
 * print with their schema unless they are PostgreSQL's own.
 */
final class Catalog {
  /** Understudy's own schema, where a standby's progress is kept. */
  static final String OWN_SCHEMA = "understudy";

  /**
   * The first server version that can have generated columns in the log, and demands it at times.
   */
  static final int PUBLISHES_GENERATED = 180000;

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
        LEFT JOIN pg_attribute a
          ON a.attrelid = c.oid
         AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
       WHERE c.relkind = 'r' AND c.relpersistence = 'p'
         AND n.nspname NOT IN ('pg_catalog', 'information_schema', '%s')
         AND n.nspname !~ '^pg_'
       ORDER BY n.nspname, c.relname, a.attnum
      """
          .formatted(KEY, OWN_SCHEMA);

  /**
   * Whether a row of the catalog was written by the transaction in question or by one that began
   * later: its number lies between that one's and the next that will be given out. Numbers are of
   * 32 bits, and begin again.
   */
  private static final String SINCE =
      """
      COALESCE((#.xmin::text::bigint - moment.xid & 4294967295)
               <= (moment.next - moment.xid & 4294967295), false)\
      """;

  private static final String LOGGED =
      """
      WITH moment AS (SELECT ?::bigint AS xid,
                             pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS next),
           relation AS (SELECT c.* FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                         WHERE n.nspname = ? AND c.relname = ?)
      SELECT CASE WHEN logged.type_name <> '' AND NOT EXISTS (
                         SELECT 1 FROM pg_type t JOIN pg_namespace tn ON tn.oid = t.typnamespace
                          WHERE t.oid = logged.type
                            AND tn.nspname || '.' || t.typname = logged.type_name)
                  THEN '%s' ELSE format_type(logged.type, logged.modifier) END,
             EXISTS (SELECT 1 FROM relation c
                      WHERE c.relreplident = 'f' AND logged.name IN (%s AND NOT %s)),
             EXISTS (SELECT 1 FROM named WHERE attgenerated <> ''),
             current_setting('server_version_num')::int >= %d
             AND (NOT EXISTS (SELECT 1 FROM named) OR EXISTS (SELECT 1 FROM named WHERE %s))
        FROM moment,
             unnest(?::text[], ?::oid[], ?::int4[], ?::text[]) WITH ORDINALITY
             AS logged (name, type, modifier, type_name, position)
       ORDER BY logged.position
      """
          .replace(
              "FROM named",
              "FROM relation r JOIN pg_attribute named ON named.attrelid = r.oid"
                  + " AND named.attname = logged.name AND NOT named.attisdropped")
          .formatted(
              Column.UNKNOWN,
              KEY,
              SINCE.replace("#", "i"),
              PUBLISHES_GENERATED,
              SINCE.replace("#", "named"));

  /** The log names the partition that holds a row, and never its root. */
  private static final String PARTITIONS =
      """
      SELECT n.nspname, c.relname, rn.nspname, r.relname,
             COALESCE(pg_get_partition_constraintdef(c.oid), 'true')
        FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_class r ON r.oid = pg_partition_root(c.oid)
        JOIN pg_namespace rn ON rn.oid = r.relnamespace
       WHERE c.relispartition AND c.relkind = 'r'
      """;

  private static final String PARTITION =
      PARTITIONS
          + """
           AND n.nspname = ? AND c.relname = ?
           AND NOT EXISTS (
             SELECT 1
               FROM (SELECT r.xmin AS xmin UNION ALL SELECT i.xmin FROM pg_inherits i
                      WHERE i.inhrelid IN (SELECT relid FROM pg_partition_ancestors(c.oid))) link,
                    (SELECT ?::bigint AS xid,
                            pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS next) moment
              WHERE %s)
          """
              .formatted(SINCE.replace("#", "link"));

  private Catalog() {}

  /** The tables that match, in name order; generated columns, which do not travel, left out. */
  static List<Relation> tables(Connection connection, TablePatterns patterns) throws SQLException {
    Map<TableName, List<Column>> tables = new TreeMap<>();
    try (PreparedStatement statement = connection.prepareStatement(COLUMNS);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        TableName table = new TableName(rows.getString(1), rows.getString(2));
        if (patterns.matches(table)) {
          List<Column> columns = tables.computeIfAbsent(table, name -> new ArrayList<>());
          if (rows.getString(3) != null) { // a table may have no column that travels
            columns.add(new Column(rows.getString(3), rows.getString(4), rows.getBoolean(5)));
          }
        }
      }
    }
    Map<TableName, Partition> partitions = new HashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(PARTITIONS);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        partitions.put(new TableName(rows.getString(1), rows.getString(2)), partition(rows));
      }
    }
    return tables.entrySet().stream()
        .map(
            table ->
                new Relation(
                    table.getKey(),
                    table.getValue(),
                    Optional.ofNullable(partitions.get(table.getKey()))))
        .toList();
  }

  static int serverVersion(Connection connection) throws SQLException {
    try (PreparedStatement statement =
            connection.prepareStatement("SELECT current_setting('server_version_num')::int");
        ResultSet row = statement.executeQuery()) {
      row.next();
      return row.getInt(1);
    }
  }

  /**
   * The relation of rows that the log announced with these columns. Only where the log has full
   * rows is the catalog asked for the key: the primary key as it is now, none if the table is gone.
   * Columns that are generated now, and not in the key, are left out.
   */
  static Relation logged(
      Connection connection, TableName table, List<LoggedColumn> columns, OptionalLong transaction)
      throws SQLException {
    List<Column> found = new ArrayList<>(columns.size());
    try (PreparedStatement statement = connection.prepareStatement(LOGGED)) {
      set(statement, 1, transaction);
      statement.setString(2, table.schema());
      statement.setString(3, table.table());
      statement.setArray(4, array(connection, "text", columns, LoggedColumn::name));
      statement.setArray(
          5, array(connection, "oid", columns, c -> Integer.toUnsignedLong(c.type())));
      statement.setArray(6, array(connection, "int4", columns, LoggedColumn::modifier));
      statement.setArray(7, array(connection, "text", columns, LoggedColumn::typeName));
      try (ResultSet rows = statement.executeQuery()) {
        for (LoggedColumn column : columns) {
          rows.next();
          boolean key =
              column.identity() == Identity.INDEX
                  || (column.identity() == Identity.FULL && rows.getBoolean(2));
          if (key || !rows.getBoolean(3)) {
            found.add(new Column(column.name(), rows.getString(1), key, rows.getBoolean(4)));
          }
        }
      }
    }
    return new Relation(table, found, partition(connection, table, transaction));
  }

  private static Array array(
      Connection connection, String type, List<LoggedColumn> columns, Function<LoggedColumn, ?> of)
      throws SQLException {
    return connection.createArrayOf(type, columns.stream().map(of).toArray());
  }

  private static void set(PreparedStatement statement, int parameter, OptionalLong transaction)
      throws SQLException {
    if (transaction.isPresent()) {
      statement.setLong(parameter, transaction.getAsLong());
    } else {
      statement.setNull(parameter, Types.BIGINT);
    }
  }

  /** Empty if the table is no partition, or gone. */
  private static Optional<Partition> partition(
      Connection connection, TableName table, OptionalLong transaction) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(PARTITION)) {
      statement.setString(1, table.schema());
      statement.setString(2, table.table());
      set(statement, 3, transaction);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? Optional.of(partition(row)) : Optional.empty();
      }
    }
  }

  private static Partition partition(ResultSet row) throws SQLException {
    return new Partition(new TableName(row.getString(3), row.getString(4)), row.getString(5));
  }
}
