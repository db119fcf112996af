package io.understudy.connectors.mysql;

import io.understudy.connectors.TablePatterns;
import io.understudy.journal.Column;
import io.understudy.journal.Relation;
import io.understudy.journal.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What the catalog says about tables. A table's schema is its database. */
final class Catalog {
  /** Understudy's own database, on sources and standbys. */
  static final String OWN = "understudy";

  private static final Set<String> SYSTEM =
      Set.of("mysql", "sys", "information_schema", "performance_schema", OWN);

  /** What a query on a catalog's table is kept to; the catalog knows far more than the mirror. */
  static final String NOT_SYSTEM =
      " NOT IN ('mysql', 'sys', 'information_schema', 'performance_schema', '" + OWN + "') ";

  private static final String COLUMNS =
      """
      SELECT c.table_schema AS s, c.table_name AS t, c.column_name AS c, c.column_type AS type,
             c.character_set_name AS charset, c.collation_name AS collation, c.column_key AS k
        FROM information_schema.columns c
        JOIN information_schema.tables t
          ON t.table_schema = c.table_schema AND t.table_name = c.table_name
       WHERE t.table_type = 'BASE TABLE' AND c.table_schema"""
          + NOT_SYSTEM
          + " ORDER BY c.table_schema, c.table_name, c.ordinal_position";

  private Catalog() {}

  /** Whether a database can hold mirrored tables at all. */
  static boolean isForeign(String database) {
    return !SYSTEM.contains(database);
  }

  /** The tables that match, in name order. */
  static List<Relation> tables(Connection connection, TablePatterns patterns) throws SQLException {
    Map<TableName, List<Column>> tables = new TreeMap<>();
    for (Map<String, String> row : Sql.rows(connection, COLUMNS)) {
      TableName table = new TableName(row.get("s"), row.get("t"));
      if (patterns.matches(table)) {
        tables
            .computeIfAbsent(table, name -> new ArrayList<>())
            .add(
                new Column(
                    row.get("c"),
                    type(row.get("type"), row.get("charset"), row.get("collation")),
                    row.get("k").equals("PRI")));
      }
    }
    return tables.entrySet().stream()
        .map(table -> new Relation(table.getKey(), table.getValue()))
        .toList();
  }

  /**
   * A column's type as relations of MySQL and MariaDB spell it: {@code COLUMN_TYPE}, and behind it
   * what only the catalog's other columns tell.
   */
  private static String type(String columnType, String charset, String collation) {
    return charset == null
        ? columnType
        : columnType + " CHARACTER SET " + charset + " COLLATE " + collation;
  }
}
