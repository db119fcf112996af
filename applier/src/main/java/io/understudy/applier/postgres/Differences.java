package io.understudy.applier.postgres;

import io.understudy.applier.Difference;
import io.understudy.journal.Column;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.Relation;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * All that keeps a database from being the standby of some tables, each as a sentence with its
 * remedy: what {@link Comparison} finds, and keys, triggers and rights besides.
 */
final class Differences {
  private static final String MISSING_RIGHTS =
      """
      SELECT CASE WHEN NOT pg_has_role(d.datdba, 'USAGE')
             THEN format('ALTER DATABASE %I OWNER TO %I', d.datname, current_user) END,
             CASE WHEN NOT has_database_privilege(d.oid, 'CREATE')
                   AND to_regclass('understudy.mirror') IS NULL
             THEN format('GRANT CREATE ON DATABASE %I TO %I', d.datname, current_user) END
        FROM pg_database d WHERE d.datname = current_database()""";

  private final DatabaseName database;
  private final Connection connection;
  private final List<String> found = new ArrayList<>();

  private Differences(DatabaseName database, Connection connection) {
    this.database = database;
    this.connection = connection;
  }

  static List<String> of(DatabaseName database, Connection connection, List<Relation> tables)
      throws SQLException {
    Differences differences = new Differences(database, connection);
    differences.rights();
    for (Relation relation : tables) {
      differences.table(relation);
    }
    for (String sequence : Sequences.withoutRights(connection)) {
      differences.add(
          "the role on " + database + " may not move sequence " + sequence.replace("\"", ""),
          "GRANT SELECT, UPDATE ON SEQUENCE " + sequence + " TO " + differences.user());
    }
    return List.copyOf(differences.found);
  }

  private void add(String what, String remedy) {
    found.add(new Difference(what, remedy).sentence());
  }

  private void rights() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(MISSING_RIGHTS)) {
      row.next();
      if (row.getString(1) != null) {
        add(
            "the role on "
                + database
                + " does not own the database, so it cannot make it read-only",
            row.getString(1));
      }
      if (row.getString(2) != null) {
        add(
            "the role on " + database + " may not make the schema of the progress table",
            row.getString(2));
      }
    }
    replicationRole();
    signalling();
  }

  private void signalling() throws SQLException {
    String may =
        "SELECT pg_has_role(current_user, 'pg_signal_backend', 'USAGE'), format('%I', current_user)";
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(may)) {
      row.next();
      if (!row.getBoolean(1)) {
        add(
            "the role on " + database + " may not end the sessions of other writers",
            "GRANT pg_signal_backend TO " + row.getString(2));
      }
    }
  }

  private void replicationRole() throws SQLException {
    boolean grantable = connection.getMetaData().getDatabaseMajorVersion() >= 15;
    String may =
        "SELECT rolsuper"
            + (grantable ? " OR has_parameter_privilege('session_replication_role', 'SET')" : "")
            + ", format('%I', current_user) FROM pg_roles WHERE rolname = current_user";
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(may)) {
      row.next();
      if (!row.getBoolean(1)) {
        add(
            "the role on "
                + database
                + " may not set session_replication_role, so triggers would"
                + " fire twice",
            grantable
                ? "GRANT SET ON PARAMETER session_replication_role TO " + row.getString(2)
                : "ALTER ROLE " + row.getString(2) + " SUPERUSER");
      }
    }
  }

  private void table(Relation relation) throws SQLException {
    Optional<StandbyTable> standby = StandbyTable.load(connection, relation.table());
    for (Difference difference : Comparison.of(database, relation, standby)) {
      found.add(difference.sentence());
    }
    if (standby.isPresent()) {
      key(relation, standby.get());
      triggers(relation, standby.get());
      privileges(relation, standby.get());
    }
  }

  private void key(Relation relation, StandbyTable standby) {
    List<Column> key = relation.columns().stream().filter(Column::key).toList();
    Set<String> names = Set.copyOf(key.stream().map(Column::name).toList());
    if (!key.isEmpty() && standby.keyOn(names).isEmpty()) {
      add(
          "table "
              + relation.table()
              + " has no unique key on "
              + String.join(", ", names.stream().sorted().toList())
              + " on "
              + database
              + ", which is its key on the source",
          "ALTER TABLE "
              + Sql.name(relation.table())
              + " ADD PRIMARY KEY ("
              + Sql.columnNames(key)
              + ")");
    }
  }

  private void triggers(Relation relation, StandbyTable standby) throws SQLException {
    for (String trigger : standby.firingTriggers(connection)) {
      add(
          "trigger "
              + trigger
              + " of table "
              + relation.table()
              + " on "
              + database
              + " would fire for mirrored changes, whose effects the source's log already holds",
          "ALTER TABLE " + Sql.name(relation.table()) + " ENABLE TRIGGER " + Sql.name(trigger));
    }
  }

  private void privileges(Relation relation, StandbyTable standby) throws SQLException {
    List<String> missing = standby.missingPrivileges(connection);
    if (!missing.isEmpty()) {
      String rights = String.join(", ", missing);
      add(
          "the role on " + database + " lacks " + rights + " on table " + relation.table(),
          "GRANT " + rights + " ON " + Sql.name(relation.table()) + " TO " + user());
    }
  }

  private String user() throws SQLException {
    return Sql.name(connection.getMetaData().getUserName());
  }
}
