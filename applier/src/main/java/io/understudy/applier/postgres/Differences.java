package io.understudy.applier.postgres;

import io.understudy.applier.Difference;
import io.understudy.journal.Column;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.Relation;
import io.understudy.journal.postgres.Quoting;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
             CASE WHEN ours IS NULL AND NOT has_database_privilege(d.oid, 'CREATE')
             THEN format('GRANT CREATE ON DATABASE %I TO %I', d.datname, current_user) END,
             CASE WHEN NOT (has_schema_privilege(ours, 'USAGE')
                            AND has_schema_privilege(ours, 'CREATE'))
             THEN format('GRANT USAGE, CREATE ON SCHEMA understudy TO %I', current_user) END,
             CASE WHEN NOT has_database_privilege(d.oid, 'TEMP')
             THEN format('GRANT TEMPORARY ON DATABASE %I TO %I', d.datname, current_user) END
        FROM pg_database d, to_regnamespace('understudy') ours
       WHERE d.datname = current_database()""";

  private final DatabaseName database;
  private final Connection connection;
  private final List<Difference> found = new ArrayList<>();

  private Differences(DatabaseName database, Connection connection) {
    this.database = database;
    this.connection = connection;
  }

  static List<Difference> of(DatabaseName database, Connection connection, List<Relation> tables)
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

  private void add(String what, String statement) {
    found.add(Difference.removedBy(statement, what));
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
      if (row.getString(3) != null) {
        add(
            "the role on " + database + " may not make tables in schema understudy, which is there",
            row.getString(3));
      }
      if (row.getString(4) != null) {
        add(
            "the role on " + database + " may not make the temporary tables it lays changes out in",
            row.getString(4));
      }
    }
    replicationRole();
    signalling();
  }

  private void signalling() throws SQLException {
    String may =
        "SELECT pg_has_role(current_user, 'pg_signal_backend', 'USAGE'), format('%I',"
            + " current_user)";
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
    Optional<StandbyTable> standby = StandbyTable.of(connection, relation);
    for (Difference difference : Comparison.of(database, relation, standby)) {
      found.add(standby.isPresent() ? difference : usable(difference, relation));
    }
    if (standby.isPresent()) {
      key(relation, standby.get());
      generatedKey(relation, standby.get());
      triggersAndRules(standby.get());
      rowSecurity(relation, standby.get());
      privileges(relation, standby.get());
    }
  }

  /** A table that is made by whoever, in a schema that may be missing, too, is to be the role's. */
  private Difference usable(Difference missing, Relation relation) throws SQLException {
    String schema = Quoting.name(relation.table().schema());
    String before = schemaIsThere(relation) ? "" : "CREATE SCHEMA " + schema + "; ";
    String after =
        "; ALTER TABLE "
            + Quoting.name(relation.table())
            + " OWNER TO "
            + user()
            + (before.isEmpty() ? "" : "; GRANT USAGE ON SCHEMA " + schema + " TO " + user());
    return new Difference(
        missing.what(), missing.remedy(), missing.statement().map(sql -> before + sql + after));
  }

  private boolean schemaIsThere(Relation relation) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT 1 FROM pg_namespace WHERE nspname = ?")) {
      statement.setString(1, relation.table().schema());
      try (ResultSet row = statement.executeQuery()) {
        return row.next();
      }
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
              + Quoting.name(standby.name())
              + " ADD PRIMARY KEY ("
              + Quoting.columnNames(key)
              + ")");
    }
  }

  /** The source's catalog, unlike its log, has no generated columns even in keys. */
  private void generatedKey(Relation relation, StandbyTable standby) {
    for (Column column : relation.columns()) {
      StandbyTable.Column there = standby.columns().get(column.name());
      if (column.key() && there != null && there.generated()) {
        found.add(Comparison.generated(database, relation, standby, there));
      }
    }
  }

  private void triggersAndRules(StandbyTable standby) throws SQLException {
    for (StandbyTable.Firing trigger : standby.firingTriggers(connection)) {
      firing("trigger", trigger, " would fire for mirrored changes, whose effects");
    }
    for (StandbyTable.Firing rule : standby.firingRules(connection)) {
      firing("rule", rule, " would rewrite mirrored changes, whose effects");
    }
  }

  private void firing(String kind, StandbyTable.Firing what, String harm) {
    add(
        kind
            + " "
            + what.name()
            + " of table "
            + what.table()
            + " on "
            + database
            + harm
            + " the source's log already holds",
        "ALTER TABLE "
            + Quoting.name(what.table())
            + " ENABLE "
            + kind.toUpperCase(Locale.ROOT)
            + " "
            + Quoting.name(what.name()));
  }

  private void rowSecurity(Relation relation, StandbyTable standby) throws SQLException {
    if (standby.hidesRows(connection)) {
      add(
          "row security of table " + relation.table() + " on " + database + " applies to the role",
          "ALTER ROLE " + user() + " BYPASSRLS");
    }
  }

  private void privileges(Relation relation, StandbyTable standby) throws SQLException {
    List<String> missing = standby.missingPrivileges(connection);
    if (!missing.isEmpty()) {
      String rights = String.join(", ", missing);
      add(
          "the role on " + database + " lacks " + rights + " on table " + relation.table(),
          "GRANT " + rights + " ON " + Quoting.name(standby.name()) + " TO " + user());
    }
  }

  private String user() throws SQLException {
    return Quoting.name(connection.getMetaData().getUserName());
  }
}
