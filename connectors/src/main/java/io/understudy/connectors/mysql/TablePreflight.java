package io.understudy.connectors.mysql;

import io.understudy.connectors.Obstacle;
import io.understudy.connectors.TablePatterns;
import io.understudy.connectors.binlog.ColumnType;
import io.understudy.journal.Column;
import io.understudy.journal.Relation;
import io.understudy.journal.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds tables whose changes would not all be in the log, or could not be mirrored exactly. */
final class TablePreflight {
  private static final String EXCLUDE = ", or exclude the table: tables.exclude";

  private static final String TABLES =
      """
      SELECT table_schema AS s, table_name AS t, table_type AS type, engine AS e
        FROM information_schema.tables
       WHERE table_type NOT IN ('VIEW', 'SYSTEM VIEW', 'SEQUENCE') AND table_schema"""
          + Catalog.NOT_SYSTEM
          + "ORDER BY 1, 2";

  private static final String GENERATED =
      """
      SELECT table_schema AS s, table_name AS t, column_name AS c
        FROM information_schema.columns
       WHERE coalesce(generation_expression, '') <> '' AND table_schema"""
          + Catalog.NOT_SYSTEM
          + "ORDER BY 1, 2, 3";

  private static final String FOREIGN_KEYS =
      """
      SELECT constraint_schema AS s, table_name AS t, constraint_name AS c,
             unique_constraint_schema AS rs, referenced_table_name AS rt
        FROM information_schema.referential_constraints
       WHERE (delete_rule IN ('CASCADE', 'SET NULL', 'SET DEFAULT')
              OR update_rule IN ('CASCADE', 'SET NULL', 'SET DEFAULT'))
         AND constraint_schema"""
          + Catalog.NOT_SYSTEM
          + "ORDER BY 1, 2, 3";

  private final TablePatterns patterns;
  private final List<Obstacle> obstacles = new ArrayList<>();

  TablePreflight(TablePatterns patterns) {
    this.patterns = patterns;
  }

  List<Obstacle> obstacles(Connection connection, Grants grants, List<Relation> tables)
      throws SQLException {
    String user = Preflight.account(connection);
    for (Relation relation : tables) {
      if (!grants.on(relation.table(), "SELECT")) {
        add(
            relation.table(),
            "cannot be read",
            "its rows are copied first",
            "GRANT SELECT ON " + Sql.name(relation.table()) + " TO " + user);
      }
      relation.columns().forEach(column -> type(relation, column));
    }
    kinds(connection);
    generated(connection);
    foreignKeys(connection);
    return obstacles;
  }

  private void type(Relation relation, Column column) {
    if (ColumnType.parse(column.type()).isEmpty()) {
      add(
          relation.table(),
          "has column " + column.name() + " of type " + column.type(),
          "values of that type are not mirrored yet",
          "change the column's type, ALTER TABLE "
              + Sql.name(relation.table())
              + " MODIFY COLUMN "
              + Sql.name(column.name())
              + " …"
              + EXCLUDE);
    }
  }

  private void kinds(Connection connection) throws SQLException {
    for (Map<String, String> row : Sql.rows(connection, TABLES)) {
      TableName table = new TableName(row.get("s"), row.get("t"));
      if (!patterns.matches(table)) {
        continue;
      }
      if (!row.get("type").equals("BASE TABLE")) {
        add(
            table,
            "is a " + row.get("type"),
            "only tables are mirrored",
            "exclude it: tables.exclude");
      } else if (!"InnoDB".equalsIgnoreCase(row.get("e"))) {
        add(
            table,
            "is one of engine " + row.get("e"),
            "that has no transactions",
            "ALTER TABLE " + Sql.name(table) + " ENGINE = InnoDB" + EXCLUDE);
      }
    }
  }

  private void generated(Connection connection) throws SQLException {
    for (Map<String, String> row : Sql.rows(connection, GENERATED)) {
      TableName table = new TableName(row.get("s"), row.get("t"));
      if (patterns.matches(table)) {
        add(
            table,
            "has the generated column " + row.get("c"),
            "such columns are not mirrored yet",
            "ALTER TABLE " + Sql.name(table) + " DROP COLUMN " + Sql.name(row.get("c")) + EXCLUDE);
      }
    }
  }

  /** What cascades do is not in the log: the standby does it too, if it has the other table. */
  private void foreignKeys(Connection connection) throws SQLException {
    Set<String> reported = new java.util.HashSet<>();
    for (Map<String, String> row : Sql.rows(connection, FOREIGN_KEYS)) {
      TableName table = new TableName(row.get("s"), row.get("t"));
      TableName referenced = new TableName(row.get("rs"), row.get("rt"));
      if (patterns.matches(table)
          && !patterns.matches(referenced)
          && reported.add(table + " " + row.get("c"))) {
        add(
            table,
            "is changed by what happens to table "
                + referenced
                + ", by foreign key "
                + row.get("c"),
            "that is not in the log",
            "include table " + referenced + " in the mirror" + EXCLUDE);
      }
    }
  }

  private void add(TableName table, String problem, String why, String remedy) {
    obstacles.add(new Obstacle("table " + table, problem, why, remedy));
  }
}
