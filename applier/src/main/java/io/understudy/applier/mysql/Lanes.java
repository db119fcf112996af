package io.understudy.applier.mysql;

import io.understudy.journal.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which tables must keep the order of their changes among one another: those that foreign keys
 * connect, in one step or several. All of them are in one lane; a table without foreign keys has
 * its own.
 */
final class Lanes {
  private static final String FOREIGN_KEYS =
      """
      SELECT DISTINCT table_schema, table_name, referenced_table_schema, referenced_table_name
        FROM information_schema.key_column_usage WHERE referenced_table_name IS NOT NULL""";

  private final Map<TableName, TableName> parents = new HashMap<>();

  static Lanes load(Connection connection) throws SQLException {
    Lanes lanes = new Lanes();
    for (List<String> row : Rows.of(connection, FOREIGN_KEYS)) {
      lanes.connect(new TableName(row.get(0), row.get(1)), new TableName(row.get(2), row.get(3)));
    }
    return lanes;
  }

  void connect(TableName one, TableName other) {
    TableName from = of(one);
    TableName to = of(other);
    if (!from.equals(to)) {
      parents.put(from, to);
    }
  }

  /** The lane of a table, named after one table of it. */
  TableName of(TableName table) {
    TableName current = table;
    while (parents.containsKey(current)) {
      current = parents.get(current);
    }
    return current;
  }
}
