package io.understudy.applier.postgres;

import io.understudy.journal.TableName;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
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
 * @param partitioned whether its rows are in partitions
 * @param columns by name, in their order
 */
record StandbyTable(
    TableName name,
    long oid,
    boolean partitioned,
    Map<String, Column> columns,
    List<UniqueKey> keys) {

  /**
   * @param type as {@code format_type} prints it with nothing but {@code pg_catalog} in the path
   * @param generated whether the server computes it
   * @param identityAlways whether it is {@code GENERATED ALWAYS AS IDENTITY}
   */
  record Column(String name, String type, boolean generated, boolean identityAlways) {}

  /**
   * A unique index that covers every row.
   *
   * @param primary whether it is the primary key
   * @param enforced false if it may be checked late: such checks are triggers, and those do not
   *     fire for an applier
   */
  record UniqueKey(String name, List<String> columns, boolean primary, boolean enforced) {}

  private static final String COLUMNS =
      """
      SELECT c.oid, c.relkind = 'p', a.attname, format_type(a.atttypid, a.atttypmod),
             a.attgenerated <> '', a.attidentity = 'a'
        FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
       WHERE n.nspname = ? AND c.relname = ? AND c.relkind IN ('r', 'p')
       ORDER BY a.attnum""";

  private static final String UNIQUE_KEYS =
      """
      SELECT c.relname, array_agg(a.attname::text ORDER BY k.n),
             i.indisprimary, i.indimmediate
        FROM pg_index i
        JOIN pg_class c ON c.oid = i.indexrelid
       CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k(attnum, n)
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
       WHERE i.indrelid = ? AND i.indisunique AND i.indisvalid
         AND i.indpred IS NULL AND i.indexprs IS NULL AND k.n <= i.indnkeyatts
       GROUP BY c.relname, i.indexrelid, i.indisprimary, i.indimmediate""";

  private static final String FIRING_TRIGGERS =
      """
      SELECT tgname FROM pg_trigger
       WHERE tgrelid = ? AND NOT tgisinternal AND tgenabled IN ('A', 'R') ORDER BY 1""";

  private static final String MISSING_PRIVILEGES =
      """
      SELECT p FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) p
       WHERE NOT has_table_privilege(?, p)""";

  static Optional<StandbyTable> load(Connection connection, TableName name) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(COLUMNS)) {
      statement.setString(1, name.schema());
      statement.setString(2, name.table());
      try (ResultSet row = statement.executeQuery()) {
        Map<String, Column> columns = new LinkedHashMap<>();
        long oid = 0;
        boolean partitioned = false;
        while (row.next()) {
          oid = row.getLong(1);
          partitioned = row.getBoolean(2);
          if (row.getString(3) != null) {
            columns.put(
                row.getString(3),
                new Column(
                    row.getString(3), row.getString(4), row.getBoolean(5), row.getBoolean(6)));
          }
        }
        return oid == 0
            ? Optional.empty()
            : Optional.of(
                new StandbyTable(name, oid, partitioned, columns, uniqueKeys(connection, oid)));
      }
    }
  }

  private static List<UniqueKey> uniqueKeys(Connection connection, long oid) throws SQLException {
    List<UniqueKey> keys = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(UNIQUE_KEYS)) {
      statement.setLong(1, oid);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          Array names = row.getArray(2);
          keys.add(
              new UniqueKey(
                  row.getString(1),
                  List.of((String[]) names.getArray()),
                  row.getBoolean(3),
                  row.getBoolean(4)));
        }
      }
    }
    return keys;
  }

  /** Whether one unique key has exactly these columns. */
  Optional<UniqueKey> keyOn(Set<String> names) {
    return keys.stream().filter(key -> Set.copyOf(key.columns()).equals(names)).findFirst();
  }

  /** Triggers that fire even for replicated changes. */
  List<String> firingTriggers(Connection connection) throws SQLException {
    return names(connection, FIRING_TRIGGERS);
  }

  /** The rights on this table that its role lacks. */
  List<String> missingPrivileges(Connection connection) throws SQLException {
    return names(connection, MISSING_PRIVILEGES);
  }

  private List<String> names(Connection connection, String sql) throws SQLException {
    List<String> names = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setLong(1, oid);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          names.add(row.getString(1));
        }
      }
    }
    return names;
  }
}
