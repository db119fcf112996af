package io.understudy.connectors.postgres;

import io.understudy.connectors.TablePatterns;
import io.understudy.connectors.Unmirrored;
import io.understudy.journal.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Takes stock of what a database holds beside the mirrored tables. Reads only catalogs that every
 * role may read. Tables that match and still cannot be mirrored are {@link TablePreflight}'s.
 */
final class LeftOut {
  private static final String RELATIONS =
      """
      SELECT n.nspname, c.relname, c.relkind::text,
             CASE WHEN c.relispartition
                  THEN (SELECT i.inhparent::regclass::text FROM pg_inherits i WHERE i.inhrelid = c.oid) END
        FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind IN ('r', 'f', 'm') AND c.relpersistence <> 't'
         AND n.nspname NOT IN ('pg_catalog', 'information_schema', '%s')
         AND n.nspname !~ '^pg_'
       ORDER BY n.nspname, c.relname
      """
          .formatted(Catalog.OWN_SCHEMA);

  private static final String COUNTS =
      """
      SELECT (SELECT count(*) FROM pg_largeobject_metadata),
             (SELECT count(*) FROM pg_class WHERE relpersistence = 't' AND relkind IN ('r', 'p'))
      """;

  /** In the order in which they are told. */
  private enum Kind {
    TABLE(
        "table",
        "not matched by 'tables' in the configuration: its rows stay on the source",
        "include it, unless a standby can do without"),
    FOREIGN_TABLE(
        "foreign table",
        "its rows are another server's, and their changes not in the log",
        "see that the standby can reach that server"),
    MATERIALIZED_VIEW(
        "materialized view",
        "its rows are computed and not in the log: a standby computes its own as it is copied, and"
            + " with each REFRESH on the source where schema changes travel",
        "REFRESH MATERIALIZED VIEW on the standby once it is promoted"),
    SEQUENCE(
        "sequence",
        "not matched by 'tables' in the configuration, and no mirrored column draws from it: a"
            + " standby does not know where it stands",
        "include it, or set it with setval on the standby once it is promoted"),
    UNREADABLE_SEQUENCE(
        "sequence",
        "Understudy's role may not read it: a standby knows of it what mirrored columns hold",
        "GRANT SELECT ON SEQUENCE … to the role of Understudy");

    final String name;
    final String consequence;
    final String remedy;

    Kind(String name, String consequence, String remedy) {
      this.name = name;
      this.consequence = consequence;
      this.remedy = remedy;
    }

    /** One line, whatever their number. */
    Unmirrored of(Set<String> objects) {
      return objects.size() == 1
          ? new Unmirrored(name + " " + objects.iterator().next(), consequence, remedy)
          : new Unmirrored(
              objects.size() + " " + name + "s (" + String.join(", ", objects) + ")",
              "of each: " + consequence,
              remedy);
    }
  }

  private final TablePatterns patterns;
  private final Map<Kind, Set<String>> found = new EnumMap<>(Kind.class);
  private final List<Unmirrored> counted = new ArrayList<>();

  LeftOut(TablePatterns patterns) {
    this.patterns = patterns;
  }

  List<Unmirrored> find(Connection connection) throws SQLException {
    relations(connection);
    sequences(connection);
    counts(connection);
    List<Unmirrored> all = new ArrayList<>();
    found.forEach((kind, objects) -> all.add(kind.of(objects)));
    all.addAll(counted);
    return all;
  }

  private void relations(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(RELATIONS);
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        TableName table = new TableName(row.getString(1), row.getString(2));
        String parent = row.getString(4);
        switch (row.getString(3)) {
          case "m" -> add(Kind.MATERIALIZED_VIEW, table.toString());
          case "f" -> {
            if (parent == null || !patterns.matches(table)) {
              add(Kind.FOREIGN_TABLE, table + (parent == null ? "" : ", a partition of " + parent));
            }
          }
          default -> {
            if (!patterns.matches(table)) {
              add(Kind.TABLE, table.toString());
            }
          }
        }
      }
    }
  }

  private void sequences(Connection connection) throws SQLException {
    for (MirroredSequences.Found sequence : new MirroredSequences(patterns).find(connection)) {
      if (!sequence.mirrored()) {
        add(Kind.SEQUENCE, sequence.name() + (sequence.unlogged() ? " (unlogged)" : ""));
      } else if (!sequence.readable()) {
        add(Kind.UNREADABLE_SEQUENCE, sequence.name().toString());
      }
    }
  }

  private void counts(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(COUNTS);
        ResultSet row = statement.executeQuery()) {
      row.next();
      if (row.getLong(1) > 0) {
        counted.add(
            new Unmirrored(
                number(row.getLong(1), "large object"),
                "the log does not hold their bytes, and no standby has them: what refers to them leads nowhere there",
                "keep such bytes in columns of type bytea, or copy the large objects yourself"));
      }
      if (row.getLong(2) > 0) {
        counted.add(
            new Unmirrored(
                number(row.getLong(2), "temporary table") + " of sessions that are open now",
                "temporary tables end with their sessions and are not in the log",
                "nothing, if the sessions make them anew"));
      }
    }
  }

  private static String number(long count, String thing) {
    return count + " " + thing + (count == 1 ? "" : "s");
  }

  private void add(Kind kind, String object) {
    found.computeIfAbsent(kind, any -> new TreeSet<>()).add(object);
  }
}
