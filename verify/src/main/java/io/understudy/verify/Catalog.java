package io.understudy.verify;

import io.understudy.journal.TableName;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What one side's catalog says about tables, as its snapshot shows it. */
final class Catalog {
  private static final int DATABASE_COLLATION_VERSIONS_SINCE = 15;

  /** Types that sort alike everywhere, given equal collations. An enum's order is its labels'. */
  private static final String ORDERED_TYPES =
      "'{16,17,18,19,20,21,23,25,26,650,700,701,774,790,829,869,1042,1043,1082,1083,1114,1184,1186,"
          + "1266,1560,1562,1700,2950,3220}'::oid[]";

  private static final String TABLES =
      """
      SELECT n.nspname, c.relname, c.relkind = 'p',
             CASE WHEN c.relkind = 'p'
                  THEN ARRAY(SELECT t.relid::oid FROM pg_partition_tree(c.oid) t WHERE t.isleaf)
                  ELSE ARRAY[c.oid] END::bigint[] AS oids,
             CASE WHEN c.relkind = 'p'
                  THEN (SELECT coalesce(sum(pg_relation_size(t.relid)), 0)
                          FROM pg_partition_tree(c.oid) t WHERE t.isleaf)
                  ELSE pg_relation_size(c.oid) END / 8192,
             CASE WHEN c.relkind = 'p'
                  THEN (SELECT coalesce(sum(pg_table_size(t.relid)), 0)
                          FROM pg_partition_tree(c.oid) t WHERE t.isleaf)
                  ELSE pg_table_size(c.oid) END,
             greatest(c.reltuples, 0)::bigint,
             CASE WHEN c.relispartition THEN rn.nspname END,
             CASE WHEN c.relispartition THEN r.relname END,
             pg_get_partition_constraintdef(c.oid), c.oid::bigint
        FROM unnest(?::text[], ?::text[]) wanted (schema, name)
        JOIN pg_namespace n ON n.nspname = wanted.schema
        JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = wanted.name
        LEFT JOIN pg_class r ON c.relispartition AND r.oid = pg_partition_root(c.oid)
        LEFT JOIN pg_namespace rn ON rn.oid = r.relnamespace
       WHERE c.relkind IN ('r', 'p')
      """;

  private static final String COLUMNS =
      """
      WITH RECURSIVE base (type, base) AS (
        SELECT oid, oid FROM pg_type WHERE typtype <> 'd'
        UNION ALL
        SELECT d.oid, base.base FROM pg_type d JOIN base ON base.type = d.typbasetype
         WHERE d.typtype = 'd'
      ), db AS (SELECT to_jsonb(d) AS j, %s AS version FROM pg_database d
                 WHERE d.datname = current_database())
      SELECT a.attrelid::bigint, a.attname, format_type(a.atttypid, a.atttypmod),
             a.attgenerated <> '', k.position,
             CASE WHEN k.position IS NOT NULL AND base.base = ANY (%s)
                   AND (l.oid IS NULL OR l.collisdeterministic)
                  THEN CASE
                    WHEN a.attcollation = 0 OR l.collname IN ('C', 'POSIX', 'ucs_basic') THEN '-'
                    WHEN l.collname = 'default' AND coalesce(db.j ->> 'datlocprovider', 'c') = 'c'
                         AND db.j ->> 'datcollate' ~ '^(C|POSIX|C\\..*)$' THEN '-'
                    WHEN l.collname = 'default'
                    THEN (db.j ->> 'datlocprovider') || '|' || (db.j ->> 'datcollate') || '|'
                         || coalesce(db.j ->> 'datlocale', db.j ->> 'daticulocale', '') || '|'
                         || db.version
                    ELSE l.collprovider::text || '|' || l.collname || '|'
                         || pg_collation_actual_version(l.oid)
                  END END
        FROM pg_attribute a
        JOIN base ON base.type = a.atttypid
       CROSS JOIN db
        LEFT JOIN pg_collation l ON l.oid = a.attcollation
        LEFT JOIN LATERAL (
               SELECT i.indkey, i.indnkeyatts
                 FROM pg_index i
                WHERE i.indrelid = a.attrelid AND i.indisunique AND i.indimmediate AND i.indisvalid
                  AND i.indpred IS NULL AND i.indexprs IS NULL
                  AND (i.indisprimary OR i.indisreplident)
                ORDER BY i.indisprimary DESC LIMIT 1) i ON true
        LEFT JOIN LATERAL (
               SELECT u.position
                 FROM unnest((i.indkey::int2[])[0:i.indnkeyatts - 1])
                      WITH ORDINALITY u (number, position)
                WHERE u.number = a.attnum) k ON true
       WHERE a.attrelid = ANY (?::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
       ORDER BY a.attrelid, a.attnum
      """;

  private Catalog() {}

  /**
   * A table as found, and where it belongs.
   *
   * @param root of the partitioned table whose partition it is, if it is one
   * @param constraint which rows that partition holds, as the server prints it
   */
  record Found(Shape shape, Optional<TableName> root, String constraint) {}

  /** Those of {@code tables} that are there, in their order. */
  static Map<TableName, Found> find(Connection connection, Collection<TableName> tables)
      throws SQLException {
    Map<Long, Head> heads = new LinkedHashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(TABLES)) {
      statement.setArray(1, array(connection, tables.stream().map(TableName::schema).toArray()));
      statement.setArray(2, array(connection, tables.stream().map(TableName::table).toArray()));
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          heads.put(row.getLong(11), head(row));
        }
      }
    }
    Map<Long, List<Detail>> details = details(connection, heads.keySet());
    Map<TableName, Found> found = new LinkedHashMap<>();
    heads.forEach(
        (oid, head) -> found.put(head.table(), head.with(details.getOrDefault(oid, List.of()))));
    return found;
  }

  private static Array array(Connection connection, Object[] texts) throws SQLException {
    return connection.createArrayOf("text", texts);
  }

  private static Head head(ResultSet row) throws SQLException {
    Optional<TableName> root =
        Optional.ofNullable(row.getString(8))
            .map(
                schema -> {
                  try {
                    return new TableName(schema, row.getString(9));
                  } catch (SQLException e) {
                    throw new IllegalStateException(e);
                  }
                });
    return new Head(
        new TableName(row.getString(1), row.getString(2)),
        row.getBoolean(3),
        List.of((Long[]) row.getArray(4).getArray()),
        row.getLong(5),
        row.getLong(6),
        row.getLong(7),
        root,
        Optional.ofNullable(row.getString(10)).orElse(""));
  }

  private record Head(
      TableName table,
      boolean whole,
      List<Long> oids,
      long pages,
      long bytes,
      long rows,
      Optional<TableName> root,
      String constraint) {

    Found with(List<Detail> details) {
      List<Detail> key =
          details.stream()
              .filter(detail -> detail.keyPosition() > 0)
              .sorted((a, b) -> Integer.compare(a.keyPosition(), b.keyPosition()))
              .toList();
      boolean ordered = !key.isEmpty() && key.stream().allMatch(d -> d.order() != null);
      return new Found(
          new Shape(
              table,
              whole,
              oids,
              details.stream().map(Detail::column).toList(),
              key.stream().map(detail -> detail.column().name()).toList(),
              ordered ? String.join(" ", key.stream().map(Detail::order).toList()) : "",
              pages,
              bytes,
              rows),
          root,
          constraint);
    }
  }

  /**
   * @param keyPosition from 1; 0 if the column is not of the key
   * @param order null if it cannot be told
   */
  private record Detail(Shape.Column column, int keyPosition, String order) {}

  private static Map<Long, List<Detail>> details(Connection connection, Collection<Long> oids)
      throws SQLException {
    int major = connection.getMetaData().getDatabaseMajorVersion();
    String version =
        major < DATABASE_COLLATION_VERSIONS_SINCE
            ? "NULL::text"
            : "pg_database_collation_actual_version(d.oid)";
    Map<Long, List<Detail>> details = new LinkedHashMap<>();
    try (PreparedStatement statement =
        connection.prepareStatement(COLUMNS.formatted(version, ORDERED_TYPES))) {
      statement.setArray(1, connection.createArrayOf("bigint", oids.toArray()));
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          details
              .computeIfAbsent(row.getLong(1), oid -> new ArrayList<>())
              .add(
                  new Detail(
                      new Shape.Column(row.getString(2), row.getString(3), row.getBoolean(4)),
                      row.getInt(5),
                      row.getString(6)));
        }
      }
    }
    return details;
  }
}
