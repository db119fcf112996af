package io.understudy.journal.mysql;

import io.understudy.journal.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Reads a table's rules (see {@link io.understudy.journal.TableRules}) from the catalog of MySQL or
 * MariaDB. Here, so that source and standby spell them alike.
 */
public final class CatalogRules {
  /** What a rule about the values of several columns begins with. */
  public static final String UNIQUE = "UNIQUE ";

  public static final String FOREIGN_KEY = "FOREIGN KEY ";

  private static final String COLUMNS =
      """
      SELECT column_name, is_nullable, extra, coalesce(generation_expression, '')
        FROM information_schema.columns
       WHERE table_schema = ? AND table_name = ? ORDER BY ordinal_position""";

  /** The order of columns makes no other rule. A column of an index may be an expression. */
  private static final String UNIQUE_KEYS =
      """
      SELECT index_name, column_name, sub_part, %s
        FROM information_schema.statistics
       WHERE table_schema = ? AND table_name = ? AND non_unique = 0
       ORDER BY index_name, seq_in_index""";

  private static final String FOREIGN_KEYS =
      """
      SELECT k.constraint_name, k.column_name, k.referenced_table_schema, k.referenced_table_name,
             k.referenced_column_name, r.delete_rule, r.update_rule
        FROM information_schema.key_column_usage k
        JOIN information_schema.referential_constraints r
          ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name
             AND r.table_name = k.table_name
       WHERE k.table_schema = ? AND k.table_name = ? AND k.referenced_table_name IS NOT NULL
       ORDER BY k.constraint_name, k.ordinal_position""";

  private CatalogRules() {}

  /** The table's rules, each with the name of what makes it: a column, an index, a constraint. */
  public static Map<String, String> of(Connection connection, TableName table) throws SQLException {
    Map<String, String> rules = new LinkedHashMap<>();
    for (List<String> column : rows(connection, COLUMNS, table)) {
      columnRules(column, rules);
    }
    group(rows(connection, uniqueKeys(connection), table))
        .forEach((name, columns) -> rules.put(unique(columns), name));
    group(rows(connection, FOREIGN_KEYS, table))
        .forEach((name, columns) -> rules.put(foreignKey(columns), name));
    return rules;
  }

  private static void columnRules(List<String> column, Map<String, String> rules) {
    String name = quoted(column.get(0));
    String extra = column.get(2).toUpperCase(java.util.Locale.ROOT);
    if (column.get(1).equals("NO")) {
      rules.put(name + " NOT NULL", column.get(0));
    }
    if (extra.contains("AUTO_INCREMENT")) {
      rules.put(name + " AUTO_INCREMENT", column.get(0));
    }
    if (!column.get(3).isEmpty()) {
      String kind = extra.contains("VIRTUAL") ? "VIRTUAL" : "STORED";
      rules.put(name + " AS (" + column.get(3) + ") " + kind, column.get(0));
    }
  }

  private static String unique(List<List<String>> columns) {
    return UNIQUE
        + columns.stream()
            .map(
                column ->
                    column.get(1) == null
                        ? "(" + column.get(3) + ")"
                        : quoted(column.get(1))
                            + (column.get(2) == null ? "" : "(" + column.get(2) + ")"))
            .sorted()
            .collect(Collectors.joining(", ", "(", ")"));
  }

  private static String foreignKey(List<List<String>> columns) {
    List<String> first = columns.get(0);
    return FOREIGN_KEY
        + names(columns, 1)
        + references(new TableName(first.get(2), first.get(3)))
        + names(columns, 4)
        + " ON DELETE "
        + action(first.get(5))
        + " ON UPDATE "
        + action(first.get(6));
  }

  /** What the rule of a foreign key has for the table that it points to. */
  public static String references(TableName table) {
    return " REFERENCES " + quoted(table.schema()) + "." + quoted(table.table()) + " ";
  }

  /** Whether rows of the other table that go, or change, change rows of this one along. */
  public static boolean cascades(String foreignKey) {
    String actions = foreignKey.substring(foreignKey.lastIndexOf(" ON DELETE "));
    return actions.contains("CASCADE") || actions.contains("SET ");
  }

  /** To the server, the two are one. */
  private static String action(String rule) {
    return rule.equals("NO ACTION") ? "RESTRICT" : rule;
  }

  private static String names(List<List<String>> columns, int index) {
    return columns.stream()
        .map(column -> quoted(column.get(index)))
        .collect(Collectors.joining(", ", "(", ")"));
  }

  private static Map<String, List<List<String>>> group(List<List<String>> rows) {
    return rows.stream()
        .collect(
            Collectors.groupingBy(
                row -> row.get(0), LinkedHashMap::new, Collectors.toCollection(ArrayList::new)));
  }

  private static String uniqueKeys(Connection connection) throws SQLException {
    boolean mariaDb = connection.getMetaData().getDatabaseProductVersion().contains("MariaDB");
    return UNIQUE_KEYS.formatted(mariaDb ? "NULL" : "expression");
  }

  private static List<List<String>> rows(Connection connection, String sql, TableName table)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, table.schema());
      statement.setString(2, table.table());
      try (ResultSet row = statement.executeQuery()) {
        List<List<String>> rows = new ArrayList<>();
        int width = row.getMetaData().getColumnCount();
        while (row.next()) {
          List<String> values = new ArrayList<>();
          for (int i = 1; i <= width; i++) {
            values.add(row.getString(i));
          }
          rows.add(values);
        }
        return rows;
      }
    }
  }

  private static String quoted(String identifier) {
    return '`' + identifier.replace("`", "``") + '`';
  }
}
