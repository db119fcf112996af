package io.understudy.applier.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Whether there is nothing of a user's in a database: extensions and what is theirs apart. */
final class Bare {
  private static final String NOTHING =
      """
      SELECT NOT EXISTS (
        SELECT 1
          FROM (SELECT oid, 'pg_class'::regclass AS kind, relnamespace AS namespace FROM pg_class
                UNION ALL
                SELECT oid, 'pg_proc'::regclass, pronamespace FROM pg_proc
                UNION ALL
                SELECT oid, 'pg_type'::regclass, typnamespace FROM pg_type) o
          JOIN pg_namespace n ON n.oid = o.namespace
         WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'understudy')
           AND NOT EXISTS (SELECT 1 FROM pg_depend d
                            WHERE d.classid = o.kind AND d.objid = o.oid AND d.deptype = 'e'))
      """;

  private Bare() {}

  static boolean isBare(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(NOTHING)) {
      row.next();
      return row.getBoolean(1);
    }
  }
}
