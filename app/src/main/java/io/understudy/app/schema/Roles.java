package io.understudy.app.schema;

import io.understudy.journal.MirrorException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Set;
import java.util.TreeSet;

/** Who owns what, and who may do what, in the source: roles belong to servers, not to databases. */
final class Roles {
  /** The role that made the server owns things without being recorded as their owner. */
  private static final String USED =
      """
      SELECT r.rolname
        FROM pg_roles r
       WHERE r.oid = 10
          OR r.oid IN (SELECT d.refobjid FROM pg_shdepend d
                        WHERE d.refclassid = 'pg_authid'::regclass
                          AND d.dbid = (SELECT oid FROM pg_database
                                         WHERE datname = current_database()))
      """;

  private static final String IN_POLICIES =
      """
      SELECT r.rolname FROM pg_roles r
       WHERE r.oid IN (SELECT unnest(polroles) FROM pg_policy)
      """;

  private Roles() {}

  /** The roles that the source's database names and the standby's server lacks, sorted. */
  static Set<String> missing(Login source, Login standby) {
    Set<String> missing = ask(source, USED);
    missing.removeAll(ask(standby, "SELECT rolname FROM pg_roles"));
    return missing;
  }

  /** Those without which policies cannot be made. */
  static Set<String> inPolicies(Login source) {
    return ask(source, IN_POLICIES);
  }

  static Set<String> all(Login login) {
    return ask(login, "SELECT rolname FROM pg_roles");
  }

  private static Set<String> ask(Login login, String sql) {
    Set<String> roles = new TreeSet<>();
    try (Connection connection = login.connect();
        PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        roles.add(row.getString(1));
      }
      return roles;
    } catch (SQLException e) {
      throw new MirrorException.Transient("asking for the roles of " + login, e);
    }
  }
}
