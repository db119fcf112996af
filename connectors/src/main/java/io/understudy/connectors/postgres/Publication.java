package io.understudy.connectors.postgres;

import io.understudy.connectors.TablePatterns;
import io.understudy.journal.TableName;
import io.understudy.journal.postgres.Quoting;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The mirror's publication: the list, kept on the server, of tables whose changes travel. It names
 * tables one by one, which needs no superuser. A partitioned table is named as a whole, so that
 * partitions made later travel too; rows and truncations come under the partition's own name.
 *
 * <p>One that somebody else made is used as it is, as long as it holds all that is needed.
 */
final class Publication {
  private final String name;

  Publication(String name) {
    this.name = name;
  }

  /** A table to name in the publication. */
  private record Member(TableName table, boolean partitioned) {
    String sql() {
      return (partitioned ? "" : "ONLY ") + Quoting.name(table);
    }
  }

  /** Whether the publication exists and is this user's to change. */
  private Optional<Boolean> owned(Connection connection) throws SQLException {
    String sql = "SELECT pg_has_role(pubowner, 'USAGE') FROM pg_publication WHERE pubname = ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? Optional.of(row.getBoolean(1)) : Optional.empty();
      }
    }
  }

  boolean exists(Connection connection) throws SQLException {
    return owned(connection).isPresent();
  }

  /** Whether everything that happens to {@code tables} would travel, whole rows of it. */
  boolean covers(Connection connection, List<TableName> tables) throws SQLException {
    return publishesAll(connection) && published(connection).containsAll(tables);
  }

  /** The tables whose changes travel entirely, partitions one by one. */
  Set<TableName> published(Connection connection) throws SQLException {
    String sql =
        """
        SELECT t.schemaname, t.tablename
          FROM pg_publication_tables t
         WHERE t.pubname = ? AND to_jsonb(t) ->> 'rowfilter' IS NULL
           AND NOT EXISTS (SELECT 1 FROM pg_publication p JOIN pg_publication_rel r
                              ON r.prpubid = p.oid
                           WHERE p.pubname = t.pubname
                             AND r.prrelid = (SELECT c.oid FROM pg_class c
                                                JOIN pg_namespace n ON n.oid = c.relnamespace
                                               WHERE n.nspname = t.schemaname
                                                 AND c.relname = t.tablename)
                             AND to_jsonb(r) ->> 'prattrs' IS NOT NULL)
           AND NOT EXISTS (SELECT 1 FROM pg_publication p
                           CROSS JOIN pg_class c
                            JOIN pg_namespace n ON n.oid = c.relnamespace
                            JOIN pg_attribute a ON a.attrelid = c.oid
                           WHERE p.pubname = t.pubname
                             AND to_jsonb(p) ->> 'pubgencols' = 'n'
                             AND n.nspname = t.schemaname AND c.relname = t.tablename
                             AND c.relreplident = 'f'
                             AND a.attgenerated = 's' AND NOT a.attisdropped)
        """;
    Set<TableName> published = new HashSet<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, name);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          published.add(new TableName(rows.getString(1), rows.getString(2)));
        }
      }
    }
    return published;
  }

  /** Whether it is there, and all kinds of changes travel, under the partitions' own names. */
  boolean publishesAll(Connection connection) throws SQLException {
    String sql =
        """
        SELECT pubinsert AND pubupdate AND pubdelete AND pubtruncate AND NOT pubviaroot
          FROM pg_publication WHERE pubname = ?
        """;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    }
  }

  /** Makes the publication hold at least {@code tables}; changes nothing if it does already. */
  void ensure(Connection connection, TablePatterns patterns, List<TableName> tables)
      throws SQLException {
    if (covers(connection, tables)) {
      return;
    }
    try (Statement statement = connection.createStatement()) {
      if (exists(connection)) {
        statement.execute("DROP PUBLICATION " + Quoting.name(name));
      }
      statement.execute(createStatement(connection, patterns));
    }
  }

  void drop(Connection connection) throws SQLException {
    if (owned(connection).orElse(false)) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("DROP PUBLICATION IF EXISTS " + Quoting.name(name));
      }
    }
  }

  /**
   * The statement that makes the publication, for this user or for whoever is allowed to. From
   * version 18 on it has stored generated columns published, though the reader leaves them out:
   * otherwise the server refuses every update and delete of a table that has such a column and logs
   * full rows.
   */
  String createStatement(Connection connection, TablePatterns patterns) throws SQLException {
    return createStatement(connection, patterns, false);
  }

  /**
   * @param unlogged whether tables that are to become logged first are named, too
   */
  String createStatement(Connection connection, TablePatterns patterns, boolean unlogged)
      throws SQLException {
    List<String> members = new ArrayList<>();
    for (Member member : members(connection, patterns, unlogged)) {
      members.add(member.sql());
    }
    return "CREATE PUBLICATION "
        + Quoting.name(name)
        + (members.isEmpty() ? "" : " FOR TABLE " + String.join(", ", members))
        + (Catalog.serverVersion(connection) < Catalog.PUBLISHES_GENERATED
            ? ""
            : " WITH (publish_generated_columns = stored)");
  }

  private static List<Member> members(
      Connection connection, TablePatterns patterns, boolean unlogged) throws SQLException {
    String sql =
        """
        SELECT n.nspname, c.relname, c.relkind = 'p', rn.nspname, r.relname
          FROM pg_class c
          JOIN pg_namespace n ON n.oid = c.relnamespace
          LEFT JOIN pg_class r ON c.relispartition AND r.oid = pg_partition_root(c.oid)
          LEFT JOIN pg_namespace rn ON rn.oid = r.relnamespace
         WHERE (c.relkind = 'r' OR c.relkind = 'p' AND NOT c.relispartition)
           AND c.relpersistence IN ('p', '%s')
           AND n.nspname NOT IN ('pg_catalog', 'information_schema', '%s')
           AND n.nspname !~ '^pg_'
         ORDER BY n.nspname, c.relname
        """
            .formatted(unlogged ? "u" : "p", Catalog.OWN_SCHEMA);
    List<Member> members = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        TableName table = new TableName(rows.getString(1), rows.getString(2));
        String root = rows.getString(5);
        boolean withRoot = root != null && patterns.matches(new TableName(rows.getString(4), root));
        if (patterns.matches(table) && !withRoot) {
          members.add(new Member(table, rows.getBoolean(3)));
        }
      }
    }
    return members;
  }
}
