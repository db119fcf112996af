package io.understudy.applier.postgres;

import io.understudy.applier.Difference;
import io.understudy.journal.postgres.Quoting;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** What a role needs so that it can shut a database. Changes nothing. */
final class GateRights {
  private static final String RIGHTS =
      """
      SELECT pg_has_role(d.datdba, 'USAGE'),
             pg_has_role('pg_signal_backend', 'USAGE'),
             to_regnamespace('understudy') IS NOT NULL
               OR has_database_privilege(d.datname, 'CREATE'),
             coalesce(has_schema_privilege(to_regnamespace('understudy'), 'CREATE'), true),
             current_user, d.datname
        FROM pg_database d WHERE d.datname = current_database()""";

  private GateRights() {}

  static List<Difference> obstacles(Connection connection) throws SQLException {
    List<Difference> found = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(RIGHTS)) {
      row.next();
      String role = Quoting.name(row.getString(5));
      String database = Quoting.name(row.getString(6));
      if (!row.getBoolean(1)) {
        found.add(
            new Difference(
                "role " + role + " does not own the database and may not make it read-only",
                "ALTER DATABASE " + database + " OWNER TO " + role));
      }
      if (!row.getBoolean(2)) {
        found.add(
            new Difference(
                "role " + role + " may not end other sessions",
                "GRANT pg_signal_backend TO " + role));
      }
      if (!row.getBoolean(3)) {
        found.add(
            new Difference(
                "role " + role + " may not make schema understudy",
                "GRANT CREATE ON DATABASE " + database + " TO " + role));
      }
      if (!row.getBoolean(4)) {
        found.add(
            new Difference(
                "role " + role + " may not make tables in schema understudy, which is there",
                "GRANT USAGE, CREATE ON SCHEMA understudy TO " + role));
      }
    }
    List<String> beyondUs = Sessions.beyondUs(connection);
    if (!beyondUs.isEmpty()) {
      found.add(
          new Difference(
              "sessions of superusers may not be ended by this role: " + beyondUs,
              "end them before, or let them use another database"));
    }
    List<String> prepared = Sessions.prepared(connection);
    if (!prepared.isEmpty()) {
      found.add(
          new Difference(
              "prepared transactions may be committed at any time: " + prepared,
              "COMMIT PREPARED or ROLLBACK PREPARED"));
    }
    return found;
  }
}
