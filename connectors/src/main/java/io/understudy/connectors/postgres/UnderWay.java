package io.understudy.connectors.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * What making a log fit to be read waits for: a new slot for transactions that have written,
 * whatever database of the server they are in; a publication for those that hold a lock on a table
 * as maintenance does. Prepared ones are included.
 */
final class UnderWay {
  private static final String OLDEST =
      """
      SELECT coalesce(string_agg(who, ', '), 'transactions that have ended by now')
        FROM (SELECT 'process ' || pid || ' (' || concat_ws(', ', nullif(application_name, ''),
                     'database ' || datname, 'since ' || date_trunc('second', xact_start)) || ')'
                     AS who, xact_start AS began
                FROM pg_stat_activity
               WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid()
              UNION ALL
              SELECT 'prepared transaction ' || quote_literal(gid) || ' (database ' || database
                     || ', since ' || date_trunc('second', prepared) || ')', prepared
                FROM pg_prepared_xacts
               ORDER BY began LIMIT 5) oldest
      """;

  private static final String LOCKING =
      """
      SELECT coalesce(string_agg(who, ', '), 'sessions that have let go of their locks by now')
        FROM (SELECT DISTINCT coalesce('process ' || l.pid || ' (' || concat_ws(', ',
                     nullif(a.application_name, ''), l.relation::regclass::text,
                     'since ' || date_trunc('second', a.xact_start)) || ')',
                     'a prepared transaction (' || l.relation::regclass::text || ')') AS who
                FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
               WHERE l.locktype = 'relation' AND l.granted AND l.pid IS DISTINCT FROM pg_backend_pid()
                 AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
                 AND l.mode IN ('ShareUpdateExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock',
                                'ExclusiveLock', 'AccessExclusiveLock')
               LIMIT 5) locking
      """;

  private UnderWay() {}

  /** The five oldest, for people. */
  static String oldest(Connection connection) throws SQLException {
    return text(connection, OLDEST);
  }

  /** Five of those that lock a table, for people. */
  static String locking(Connection connection) throws SQLException {
    return text(connection, LOCKING);
  }

  private static String text(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }
}
