package io.understudy.applier.mysql;

import io.understudy.journal.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A table as the standby's catalog has it.
 *
 * @param columns by name, in their order
 * @param keys the columns of each unique index that covers whole values of plain columns
 */
record StandbyTable(
    TableName name, String engine, Map<String, Column> columns, List<Set<String>> keys) {

  /**
   * @param type as {@link #type} spells it
   * @param generated whether the server computes it
   * @param virtual whether it does so without keeping it
   */
  record Column(String name, String type, boolean generated, boolean virtual) {}

  private static final String ENGINE =
      """
      SELECT engine FROM information_schema.tables
       WHERE table_schema = ? AND table_name = ? AND table_type = 'BASE TABLE'""";

  private static final String COLUMNS =
      """
      SELECT column_name, column_type, character_set_name, collation_name,
             coalesce(generation_expression, '') <> '', extra LIKE '%VIRTUAL GENERATED%'
        FROM information_schema.columns
       WHERE table_schema = ? AND table_name = ? ORDER BY ordinal_position""";

  private static final String KEYS =
      """
      SELECT index_name, column_name, sub_part IS NOT NULL OR nullable = 'YES'
        FROM information_schema.statistics
       WHERE table_schema = ? AND table_name = ? AND non_unique = 0
       ORDER BY index_name, seq_in_index""";

  private static final String TRIGGERS =
      """
      SELECT trigger_name FROM information_schema.triggers
       WHERE event_object_schema = ? AND event_object_table = ? ORDER BY 1""";

  static Optional<StandbyTable> load(Connection connection, TableName name) throws SQLException {
    Optional<String> engine = Rows.value(connection, ENGINE, name.schema(), name.table());
    if (engine.isEmpty()) {
      return Optional.empty();
    }
    Map<String, Column> columns = new LinkedHashMap<>();
    for (List<String> row : Rows.of(connection, COLUMNS, name.schema(), name.table())) {
      columns.put(
          row.get(0),
          new Column(
              row.get(0),
              type(row.get(1), row.get(2), row.get(3)),
              row.get(4).equals("1"),
              row.get(5).equals("1")));
    }
    return Optional.of(new StandbyTable(name, engine.get(), columns, keys(connection, name)));
  }

  /**
   * A column's type as relations of MySQL and MariaDB spell it: {@code COLUMN_TYPE}, and behind it
   * what only the catalog's other columns tell.
   */
  static String type(String columnType, String charset, String collation) {
    return charset == null
        ? columnType
        : columnType + " CHARACTER SET " + charset + " COLLATE " + collation;
  }

  private static List<Set<String>> keys(Connection connection, TableName name) throws SQLException {
    Map<String, List<String>> indexes = new LinkedHashMap<>();
    List<String> partial = new ArrayList<>();
    for (List<String> row : Rows.of(connection, KEYS, name.schema(), name.table())) {
      if (row.get(1) == null || row.get(2).equals("1")) {
        partial.add(row.get(0));
      } else {
        indexes.computeIfAbsent(row.get(0), index -> new ArrayList<>()).add(row.get(1));
      }
    }
    partial.forEach(indexes::remove);
    return indexes.values().stream().map(Set::copyOf).toList();
  }

  /** The triggers on it; only those that the user may see. */
  List<String> triggers(Connection connection) throws SQLException {
    return Rows.of(connection, TRIGGERS, name.schema(), name.table()).stream()
        .map(row -> row.get(0))
        .toList();
  }
}
