package io.understudy.connectors.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * What a new slot waits for, whatever database of the server it is in: transactions that have
 * written, prepared ones included.
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

  private UnderWay() {}

  /** The five oldest, for people. */
  static String oldest(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(OLDEST)) {
      row.next();
      return row.getString(1);
    }
  }
}
