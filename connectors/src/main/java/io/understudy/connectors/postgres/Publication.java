package io.understudy.connectors.postgres;

import io.understudy.connectors.TablePatterns;
import io.understudy.journal.TableName;
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
      return (partitioned ? "" : "ONLY ") + Quoting.table(table);
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
        statement.execute("DROP PUBLICATION " + Quoting.identifier(name));
      }
      statement.execute(createStatement(connection, patterns));
    }
  }

  void drop(Connection connection) throws SQLException {
    if (owned(connection).orElse(false)) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("DROP PUBLICATION IF EXISTS " + Quoting.identifier(name));
      }
    }
  }

  /** The statement that makes the publication, for this user or for whoever is allowed to. */
  String createStatement(Connection connection, TablePatterns patterns) throws SQLException {
    List<String> members = new ArrayList<>();
    for (Member member : members(connection, patterns)) {
      members.add(member.sql());
    }
    return "CREATE PUBLICATION "
        + Quoting.identifier(name)
        + (members.isEmpty() ? "" : " FOR TABLE " + String.join(", ", members));
  }

  private static List<Member> members(Connection connection, TablePatterns patterns)
      throws SQLException {
    String sql =
        """
        SELECT n.nspname, c.relname, c.relkind = 'p', rn.nspname, r.relname
          FROM pg_class c
          JOIN pg_namespace n ON n.oid = c.relnamespace
          LEFT JOIN pg_class r ON c.relispartition AND r.oid = pg_partition_root(c.oid)
          LEFT JOIN pg_namespace rn ON rn.oid = r.relnamespace
         WHERE (c.relkind = 'r' OR c.relkind = 'p' AND NOT c.relispartition)
           AND c.relpersistence = 'p'
           AND n.nspname NOT IN ('pg_catalog', 'information_schema', '%s')
           AND n.nspname !~ '^pg_'
         ORDER BY n.nspname, c.relname
        """
            .formatted(Catalog.OWN_SCHEMA);
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
