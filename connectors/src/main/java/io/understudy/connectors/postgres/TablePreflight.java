package io.understudy.connectors.postgres;

import io.understudy.connectors.Obstacle;
import io.understudy.connectors.TablePatterns;
import io.understudy.journal.TableName;
import io.understudy.journal.postgres.Quoting;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Finds tables of the mirror that cannot be mirrored as they are. */
final class TablePreflight {
  private static final String TABLES =
      """
      SELECT n.nspname, c.relname, c.relkind::text, c.relpersistence::text,
             c.relreplident = 'f'
               OR EXISTS (SELECT 1 FROM pg_index i
                           WHERE i.indrelid = c.oid AND i.indimmediate AND i.indisvalid
                             AND CASE c.relreplident WHEN 'i' THEN i.indisreplident
                                                     WHEN 'n' THEN false
                                                     ELSE i.indisprimary END),
             has_table_privilege(c.oid, 'SELECT') AND has_schema_privilege(n.oid, 'USAGE'),
             row_security_active(c.oid),
             c.relreplident = 'f'
               AND EXISTS (SELECT 1 FROM pg_attribute a
                            WHERE a.attrelid = c.oid AND a.attgenerated = 'v'
                              AND NOT a.attisdropped),
             current_setting('server_version_num')::int < %d
               AND EXISTS (SELECT 1 FROM pg_index i
                             JOIN pg_attribute a ON a.attrelid = i.indrelid
                              AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1])
                            WHERE i.indrelid = c.oid AND i.indimmediate AND i.indisvalid
                              AND a.attgenerated <> ''
                              AND CASE c.relreplident WHEN 'i' THEN i.indisreplident
                                                      WHEN 'n' THEN false
                                                      ELSE i.indisprimary END)
        FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE (c.relkind = 'r' OR c.relkind = 'f' AND c.relispartition)
         AND c.relpersistence <> 't'
         AND n.nspname NOT IN ('pg_catalog', 'information_schema', '%s')
         AND n.nspname !~ '^pg_'
       ORDER BY n.nspname, c.relname
      """
          .formatted(Catalog.PUBLISHES_GENERATED, Catalog.OWN_SCHEMA);

  /** Types whose values can be read and not written: their input functions refuse all. */
  private static final String TYPES =
      """
      SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod)
        FROM pg_attribute a
        JOIN pg_class c ON c.oid = a.attrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_type t ON t.oid = a.atttypid
        LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
       WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND a.attnum > 0 AND NOT a.attisdropped
         AND coalesce(e.typname, t.typname) IN
             ('gtsvector', 'pg_node_tree', 'pg_ndistinct', 'pg_dependencies', 'pg_mcv_list',
              'pg_brin_bloom_summary', 'pg_brin_minmax_multi_summary')
         AND coalesce(e.typnamespace, t.typnamespace) = 'pg_catalog'::regnamespace
         AND n.nspname NOT IN ('pg_catalog', 'information_schema', '%s')
         AND n.nspname !~ '^pg_'
       ORDER BY n.nspname, c.relname, a.attnum
      """
          .formatted(Catalog.OWN_SCHEMA);

  private final Address address;
  private final List<Obstacle> obstacles = new ArrayList<>();

  private TablePreflight(Address address) {
    this.address = address;
  }

  static List<Obstacle> obstacles(Connection connection, TablePatterns patterns, Address address)
      throws SQLException {
    TablePreflight preflight = new TablePreflight(address);
    preflight.tables(connection, patterns);
    preflight.types(connection, patterns);
    return preflight.obstacles;
  }

  private void tables(Connection connection, TablePatterns patterns) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(TABLES);
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        TableName table = new TableName(row.getString(1), row.getString(2));
        if (patterns.matches(table)) {
          table(table, row);
        }
      }
    }
  }

  private void types(Connection connection, TablePatterns patterns) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(TYPES);
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        TableName table = new TableName(row.getString(1), row.getString(2));
        if (patterns.matches(table)) {
          add(
              table,
              "has column " + row.getString(3) + " of type " + row.getString(4),
              "no server takes values of that type from outside",
              "give the column another type, drop it, or exclude the table");
        }
      }
    }
  }

  private void table(TableName table, ResultSet row) throws SQLException {
    String quoted = Quoting.name(table);
    if (row.getString(3).equals("f")) {
      add(table, "is a foreign table", "its changes are not in the log", "exclude it");
      return;
    }
    if (row.getString(4).equals("u")) {
      add(
          table,
          "is unlogged",
          "its changes are not in the log",
          "ALTER TABLE " + quoted + " SET LOGGED",
          ", or exclude it");
    }
    if (!row.getBoolean(5)) {
      add(
          table,
          "has no primary key and no replica identity",
          "the log would not tell which row was changed, and once it is published the server"
              + " refuses to update and delete its rows",
          "ALTER TABLE " + quoted + " REPLICA IDENTITY FULL",
          ", or give it a primary key");
    }
    if (!row.getBoolean(6)) {
      String user = Quoting.name(address.user());
      add(
          table,
          "cannot be read by role " + address.user(),
          "its rows are copied first",
          "GRANT USAGE ON SCHEMA "
              + Quoting.name(table.schema())
              + " TO "
              + user
              + "; GRANT SELECT ON "
              + quoted
              + " TO "
              + user,
          "");
    }
    if (row.getBoolean(7)) {
      add(
          table,
          "hides rows from role " + address.user() + " by row security",
          "they would be missing on the standby",
          "ALTER ROLE " + Quoting.name(address.user()) + " BYPASSRLS",
          "");
    }
    if (row.getBoolean(8)) {
      add(
          table,
          "has a virtual generated column and REPLICA IDENTITY FULL",
          "once it is published the server refuses to update and delete its rows",
          "ALTER TABLE " + quoted + " REPLICA IDENTITY DEFAULT",
          ", or exclude it");
    }
    if (row.getBoolean(9)) {
      add(
          table,
          "is identified by a generated column",
          "that is not in the log before version 18",
          "ALTER TABLE "
              + quoted
              + " REPLICA IDENTITY USING INDEX, with an index of other columns, or exclude it");
    }
  }

  private void add(TableName table, String problem, String why, String statement, String words) {
    obstacles.add(Obstacle.removedBy(statement, words, "table " + table, problem, why));
  }

  private void add(TableName table, String problem, String why, String remedy) {
    obstacles.add(new Obstacle("table " + table, problem, why, remedy));
  }
}
