package io.understudy.connectors.postgres;

import io.understudy.connectors.Obstacle;
import io.understudy.journal.Column;
import io.understudy.journal.Relation;
import io.understudy.journal.TableName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What Debezium's reader cannot carry exactly, and the native one can. */
final class DebeziumLimits {
  private static final String OR_NATIVE = ", exclude the table, or set 'reader: native'";

  private final Map<String, TableName> dotted = new HashMap<>();
  private final List<Obstacle> obstacles = new ArrayList<>();

  private DebeziumLimits() {}

  static List<Obstacle> obstacles(List<Relation> tables) {
    DebeziumLimits limits = new DebeziumLimits();
    tables.forEach(limits::table);
    return limits.obstacles;
  }

  private void table(Relation relation) {
    TableName table = relation.table();
    if (dotted.putIfAbsent(table.toString(), table) != null) {
      add(table, "has the same dotted name as another table", "rename one of them");
    }
    if (isQuote(table.schema()) || isQuote(table.table())) {
      add(table, "has a name that begins or ends with a quote", "rename it");
    }
    if (relation.columns().isEmpty()) {
      add(table, "has no columns that travel in the log", "add a column");
    }
    Set<String> lower = new HashSet<>();
    for (Column column : relation.columns()) {
      if (!lower.add(column.name().toLowerCase(Locale.ROOT))) {
        column(relation, column, "has a name that differs from another one's only by case");
      }
      if (isQuote(column.name())) {
        column(relation, column, "has a name that begins or ends with a quote");
      }
    }
  }

  private static boolean isQuote(String name) {
    char first = name.charAt(0);
    char last = name.charAt(name.length() - 1);
    return "\"'`".indexOf(first) >= 0 || "\"'`".indexOf(last) >= 0;
  }

  private void column(Relation relation, Column column, String problem) {
    add(
        relation.table(),
        "column " + column.name() + " of type " + column.type() + " " + problem,
        "rename the column");
  }

  private void add(TableName table, String problem, String remedy) {
    obstacles.add(
        new Obstacle(
            "table " + table, problem, "Debezium does not carry it exactly", remedy + OR_NATIVE));
  }
}
