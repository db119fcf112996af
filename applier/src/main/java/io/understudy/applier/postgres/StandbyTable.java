package io.understudy.applier.postgres;

import io.understudy.journal.Partition;
import io.understudy.journal.Relation;
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
import java.util.regex.Pattern;

/**
 * A table as the standby's catalog has it. A partition of the source whose like the standby lacks
 * is the root there, whether that has other partitions or none.
 *
 * @param partitioned whether its rows are in partitions
 * @param partition whether it is one itself
 * @param columns by name, in their order
 */
record StandbyTable(
    TableName name,
    long oid,
    boolean partitioned,
    boolean partition,
    Map<String, Column> columns,
    List<UniqueKey> keys) {

  /**
   * @param type as {@code format_type} prints it with nothing but {@code pg_catalog} in the path
   * @param storage the type, without a domain's rules and with its collation, as a column's
   *     definition has them
   * @param identityAlways whether it is {@code GENERATED ALWAYS AS IDENTITY}
   */
  record Column(
      String name, String type, String storage, Computed computed, boolean identityAlways) {

    /** Whether nobody but the server gives it values. */
    boolean generated() {
      return computed != Computed.NOT;
    }
  }

  /** Whether the server computes a column's values, and whether it keeps them. */
  enum Computed {
    NOT,
    STORED,
    VIRTUAL;

    private static Computed of(String attgenerated) {
      return attgenerated.isEmpty() ? NOT : attgenerated.equals("v") ? VIRTUAL : STORED;
    }
  }

  /**
   * A unique index that covers every row.
   *
   * @param operators what says, for each column, that two values are equal for this index
   * @param primary whether it is the primary key
   * @param enforced false if it may be checked late: such checks are triggers, and those do not
   *     fire for an applier
   */
  record UniqueKey(
      String name,
      List<String> columns,
      List<String> operators,
      boolean primary,
      boolean enforced) {}

  private static final String COLUMNS =
      """
      SELECT c.oid, c.relkind = 'p', a.attname, format_type(a.atttypid, a.atttypmod),
             a.attgenerated, a.attidentity = 'a', base.type || COALESCE(
               (SELECT format(' COLLATE %I.%I', cn.nspname, co.collname)
                  FROM pg_collation co JOIN pg_namespace cn ON cn.oid = co.collnamespace
                 WHERE co.oid = a.attcollation), ''), c.relispartition
        FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN LATERAL (
             WITH RECURSIVE below (id, modifier) AS (
               VALUES (a.atttypid, a.atttypmod)
               UNION ALL
               SELECT t.typbasetype, t.typtypmod
                 FROM below JOIN pg_type t ON t.oid = below.id WHERE t.typtype = 'd')
             SELECT format_type(id, modifier) AS type
               FROM below JOIN pg_type t ON t.oid = below.id WHERE t.typtype <> 'd') base ON true
       WHERE n.nspname = ? AND c.relname = ? AND c.relkind IN ('r', 'p')
       ORDER BY a.attnum\
      """;

  private static final String UNIQUE_KEYS =
      """
      SELECT c.relname, array_agg(a.attname::text ORDER BY k.n),
             array_agg(COALESCE(equal.operator, '=') ORDER BY k.n),
             i.indisprimary, i.indimmediate
        FROM pg_index i
        JOIN pg_class c ON c.oid = i.indexrelid
       CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k(attnum, n)
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
        LEFT JOIN LATERAL (
             SELECT format('OPERATOR(%I.%s)', n.nspname, o.oprname) AS operator
               FROM pg_opclass oc
               JOIN pg_am am ON am.oid = oc.opcmethod AND am.amname = 'btree'
               JOIN pg_amop ao ON ao.amopfamily = oc.opcfamily AND ao.amopstrategy = 3
                AND ao.amoplefttype = oc.opcintype AND ao.amoprighttype = oc.opcintype
               JOIN pg_operator o ON o.oid = ao.amopopr
               JOIN pg_namespace n ON n.oid = o.oprnamespace AND n.nspname <> 'pg_catalog'
              WHERE oc.oid = i.indclass[k.n - 1]) equal ON true
       WHERE i.indrelid = ? AND i.indisunique AND i.indisvalid
         AND i.indpred IS NULL AND i.indexprs IS NULL AND k.n <= i.indnkeyatts
       GROUP BY c.relname, i.indexrelid, i.indisprimary, i.indimmediate\
      """;

  /** Equal texts for equal partitions; a hash partition's has the number that its parent got. */
  private static final String PARTITION =
      """
      SELECT rn.nspname, r.relname, COALESCE(pg_get_partition_constraintdef(c.oid), 'true')
        FROM pg_class c
        JOIN pg_class r ON r.oid = pg_partition_root(c.oid)
        JOIN pg_namespace rn ON rn.oid = r.relnamespace
       WHERE c.oid = ? AND c.relispartition\
      """;

  private static final Pattern HASHED = Pattern.compile("satisfies_hash_partition\\('\\d+'::oid");

  private static final String FIRING_TRIGGERS =
      """
      SELECT n.nspname, c.relname, t.tgname
        FROM pg_trigger t
        JOIN pg_class c ON c.oid = t.tgrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE (c.oid = ? OR c.oid IN (SELECT relid FROM pg_partition_tree(?)))
         AND t.tgenabled IN ('A', 'R')
       ORDER BY 1, 2, 3\
      """;

  private static final String FIRING_RULES =
      """
      SELECT n.nspname, c.relname, r.rulename
        FROM pg_rewrite r
        JOIN pg_class c ON c.oid = r.ev_class
        JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE (c.oid = ? OR c.oid IN (SELECT relid FROM pg_partition_tree(?)))
         AND r.ev_enabled IN ('A', 'R') AND r.ev_type <> '1'
       ORDER BY 1, 2, 3\
      """;

  private static final String HIDES_ROWS = "SELECT row_security_active(?::oid)";

  private static final String MISSING_PRIVILEGES =
      """
      SELECT p FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) p
       WHERE NOT has_table_privilege(?, p)\
      """;

  /** The table that takes the rows of a relation of the source; empty if there is none. */
  static Optional<StandbyTable> of(Connection connection, Relation relation) throws SQLException {
    Optional<StandbyTable> same = load(connection, relation.table());
    if (relation.partition().isEmpty()) {
      return same;
    }
    Partition partition = relation.partition().get();
    if (same.isPresent() && same.get().is(connection, partition)) {
      return same;
    }
    Optional<StandbyTable> root = load(connection, partition.root());
    return root.isPresent() ? root : same;
  }

  private boolean is(Connection connection, Partition partition) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(PARTITION)) {
      statement.setLong(1, oid);
      try (ResultSet row = statement.executeQuery()) {
        return row.next()
            && partition.root().equals(new TableName(row.getString(1), row.getString(2)))
            && comparable(partition.constraint()).equals(comparable(row.getString(3)));
      }
    }
  }

  private static String comparable(String constraint) {
    return HASHED.matcher(constraint).replaceAll("satisfies_hash_partition(parent");
  }

  /** Whether the partition's constraint says nothing on another server. */
  static boolean isHashed(Partition partition) {
    return HASHED.matcher(partition.constraint()).find();
  }

  static Optional<StandbyTable> load(Connection connection, TableName name) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(COLUMNS)) {
      statement.setString(1, name.schema());
      statement.setString(2, name.table());
      try (ResultSet row = statement.executeQuery()) {
        Map<String, Column> columns = new LinkedHashMap<>();
        long oid = 0;
        boolean partitioned = false;
        boolean partition = false;
        while (row.next()) {
          oid = row.getLong(1);
          partitioned = row.getBoolean(2);
          partition = row.getBoolean(8);
          if (row.getString(3) != null) {
            columns.put(
                row.getString(3),
                new Column(
                    row.getString(3),
                    row.getString(4),
                    row.getString(7),
                    Computed.of(row.getString(5)),
                    row.getBoolean(6)));
          }
        }
        return oid == 0
            ? Optional.empty()
            : Optional.of(
                new StandbyTable(
                    name, oid, partitioned, partition, columns, uniqueKeys(connection, oid)));
      }
    }
  }

  private static List<UniqueKey> uniqueKeys(Connection connection, long oid) throws SQLException {
    List<UniqueKey> keys = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(UNIQUE_KEYS)) {
      statement.setLong(1, oid);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          keys.add(
              new UniqueKey(
                  row.getString(1),
                  texts(row.getArray(2)),
                  texts(row.getArray(3)),
                  row.getBoolean(4),
                  row.getBoolean(5)));
        }
      }
    }
    return keys;
  }

  private static List<String> texts(Array array) throws SQLException {
    return List.of((String[]) array.getArray());
  }

  /** Whether one unique key has exactly these columns. */
  Optional<UniqueKey> keyOn(Set<String> names) {
    return keys.stream().filter(key -> Set.copyOf(key.columns()).equals(names)).findFirst();
  }

  /**
   * What happens even to replicated changes.
   *
   * @param table this one, or one of its partitions
   */
  record Firing(TableName table, String name) {}

  /** Triggers that fire even for replicated changes. */
  List<Firing> firingTriggers(Connection connection) throws SQLException {
    return firing(connection, FIRING_TRIGGERS);
  }

  /** Rules that rewrite even the statements of an applier. */
  List<Firing> firingRules(Connection connection) throws SQLException {
    return firing(connection, FIRING_RULES);
  }

  private List<Firing> firing(Connection connection, String sql) throws SQLException {
    List<Firing> found = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setLong(1, oid);
      statement.setLong(2, oid);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          found.add(
              new Firing(new TableName(row.getString(1), row.getString(2)), row.getString(3)));
        }
      }
    }
    return found;
  }

  /** Whether row security applies to this connection's role, owner or not. */
  boolean hidesRows(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(HIDES_ROWS)) {
      statement.setLong(1, oid);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getBoolean(1);
      }
    }
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
