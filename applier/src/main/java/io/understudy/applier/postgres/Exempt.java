package io.understudy.applier.postgres;

import io.understudy.applier.Difference;
import io.understudy.journal.postgres.Quoting;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Who writes to a database although its new sessions are read-only by default: a role with a
 * default of its own, which goes before the database's, and the worker of a subscription, which
 * asks for none and is started again whenever it is ended.
 */
final class Exempt {
  /** Of each role, what goes before all else: its setting for this database, then that for all. */
  private static final String ROLES =
      """
      SELECT rolname, here FROM (
        SELECT DISTINCT ON (r.rolname) r.rolname, s.setdatabase <> 0 AS here,
               substr(c.setting, strpos(c.setting, '=') + 1)::boolean AS read_only
          FROM pg_db_role_setting s
          JOIN pg_roles r ON r.oid = s.setrole AND r.rolcanlogin
         CROSS JOIN LATERAL unnest(s.setconfig) AS c(setting)
         WHERE c.setting LIKE 'default\\_transaction\\_read\\_only=%'
           AND s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
         ORDER BY r.rolname, s.setdatabase DESC) t
       WHERE NOT read_only""";

  private static final String SUBSCRIPTIONS =
      """
      SELECT subname FROM pg_subscription
       WHERE subenabled
         AND subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
       ORDER BY subname""";

  private Exempt() {}

  static List<Difference> find(Connection connection) throws SQLException {
    List<Difference> found = new ArrayList<>();
    try (Statement statement = connection.createStatement()) {
      try (ResultSet row = statement.executeQuery(ROLES)) {
        while (row.next()) {
          String role = Quoting.name(row.getString(1));
          String where =
              row.getBoolean(2) ? " IN DATABASE " + Quoting.name(connection.getCatalog()) : "";
          found.add(
              Difference.removedBy(
                  "ALTER ROLE " + role + where + " RESET default_transaction_read_only",
                  "role "
                      + role
                      + " has default_transaction_read_only off, and writes where others only read"));
        }
      }
      try (ResultSet row = statement.executeQuery(SUBSCRIPTIONS)) {
        while (row.next()) {
          String name = Quoting.name(row.getString(1));
          found.add(
              Difference.removedBy(
                  "ALTER SUBSCRIPTION " + name + " DISABLE",
                  "subscription " + name + " is enabled, and writes where others only read"));
        }
      }
    }
    return found;
  }

  /** Behind a sentence on who may write; empty if nobody is. */
  static String said(Connection connection) throws SQLException {
    StringBuilder text = new StringBuilder();
    find(connection).forEach(it -> text.append("; but ").append(it.sentence()));
    return text.toString();
  }
}
