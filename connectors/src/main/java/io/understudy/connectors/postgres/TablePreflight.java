package io.understudy.connectors.postgres;

import io.understudy.connectors.Obstacle;
import io.understudy.connectors.TablePatterns;
import io.understudy.journal.Column;
import io.understudy.journal.Relation;
import io.understudy.journal.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

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
             row_security_active(c.oid)
        FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE (c.relkind = 'r' OR c.relkind = 'f' AND c.relispartition)
         AND c.relpersistence <> 't'
         AND n.nspname NOT IN ('pg_catalog', 'information_schema', '%s')
         AND n.nspname !~ '^pg_'
       ORDER BY n.nspname, c.relname
      """
          .formatted(Catalog.OWN_SCHEMA);

  private final Address address;
  private final List<Obstacle> obstacles = new ArrayList<>();

  private TablePreflight(Address address) {
    this.address = address;
  }

  static List<Obstacle> obstacles(
      Connection connection, TablePatterns patterns, Address address, List<Relation> relations)
      throws SQLException {
    TablePreflight preflight = new TablePreflight(address);
    preflight.tables(connection, patterns, relations);
    preflight.names(relations);
    return preflight.obstacles;
  }

  private void tables(Connection connection, TablePatterns patterns, List<Relation> relations)
      throws SQLException {
    Set<TableName> withColumns = new HashSet<>();
    relations.forEach(relation -> withColumns.add(relation.table()));
    try (PreparedStatement statement = connection.prepareStatement(TABLES);
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        TableName table = new TableName(row.getString(1), row.getString(2));
        if (patterns.matches(table)) {
          table(table, row, withColumns.contains(table));
        }
      }
    }
  }

  private void table(TableName table, ResultSet row, boolean hasColumns) throws SQLException {
    String quoted = Quoting.table(table);
    if (row.getString(3).equals("f")) {
      add(table, "is a foreign table; its changes are not in the log", "exclude it");
      return;
    }
    if (row.getString(4).equals("u")) {
      add(
          table,
          "is unlogged; its changes are not in the log",
          "ALTER TABLE " + quoted + " SET LOGGED, or exclude it");
    }
    if (!hasColumns) {
      add(table, "has no columns that travel in the log", "exclude it");
    }
    if (!row.getBoolean(5)) {
      add(
          table,
          "has no primary key and no replica identity",
          "ALTER TABLE " + quoted + " REPLICA IDENTITY FULL, or give it a primary key");
    }
    if (!row.getBoolean(6)) {
      String user = Quoting.identifier(address.user());
      add(
          table,
          "cannot be read by role " + address.user(),
          "GRANT USAGE ON SCHEMA "
              + Quoting.identifier(table.schema())
              + " TO "
              + user
              + "; GRANT SELECT ON "
              + quoted
              + " TO "
              + user);
    }
    if (row.getBoolean(7)) {
      add(
          table,
          "hides rows from role " + address.user() + " by row security",
          "ALTER ROLE " + Quoting.identifier(address.user()) + " BYPASSRLS");
    }
  }

  /** Names that Debezium's decoder cannot tell apart or does not keep. */
  private void names(List<Relation> relations) {
    Map<String, TableName> dotted = new HashMap<>();
    for (Relation relation : relations) {
      TableName table = relation.table();
      TableName other = dotted.putIfAbsent(table.toString(), table);
      if (other != null) {
        add(table, "has the same dotted name as another table", "rename or exclude one of them");
      }
      if (isQuote(table.schema()) || isQuote(table.table())) {
        add(table, "has a name that begins or ends with a quote", "rename or exclude it");
      }
      columns(relation);
    }
  }

  private void columns(Relation relation) {
    Set<String> lower = new HashSet<>();
    for (Column column : relation.columns()) {
      if (!lower.add(column.name().toLowerCase(Locale.ROOT))) {
        add(
            relation.table(),
            "has columns that differ only by case ('" + column.name() + "')",
            "rename one of the columns, or exclude the table");
      }
      if (isQuote(column.name())) {
        add(
            relation.table(),
            "has a column whose name begins or ends with a quote (" + column.name() + ")",
            "rename the column, or exclude the table");
      }
    }
  }

  private static boolean isQuote(String name) {
    char first = name.charAt(0);
    char last = name.charAt(name.length() - 1);
    return "\"'`".indexOf(first) >= 0 || "\"'`".indexOf(last) >= 0;
  }

  private void add(TableName table, String problem, String remedy) {
    obstacles.add(new Obstacle("table " + table, problem, remedy));
  }
}
