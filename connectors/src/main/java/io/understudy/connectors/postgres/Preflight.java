package io.understudy.connectors.postgres;

import io.understudy.connectors.LogReader;
import io.understudy.connectors.Obstacle;
import io.understudy.connectors.SourceSettings;
import io.understudy.connectors.TablePatterns;
import io.understudy.journal.Relation;
import io.understudy.journal.postgres.Quoting;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Finds what stands in the way on the server as a whole; {@link TablePreflight} at the tables. */
final class Preflight {
  private static final int OLDEST_VERSION = 140000;

  private static final String RESTART = "; then restart the server";

  private static final String SERVER =
      """
      SELECT current_setting('server_version_num')::int,
             pg_is_in_recovery(),
             current_setting('wal_level'),
             current_setting('server_encoding'),
             (SELECT r.rolreplication OR r.rolsuper FROM pg_roles r WHERE r.rolname = current_user)
               OR EXISTS (SELECT 1 FROM pg_roles r
                           WHERE r.rolname IN ('rds_replication', 'rds_superuser')
                             AND pg_has_role(r.oid, 'USAGE')),
             (SELECT count(*) FROM pg_replication_slots WHERE slot_name <> ?),
             current_setting('max_replication_slots')::int,
             (SELECT count(*) FROM pg_stat_activity
               WHERE backend_type = 'walsender' AND application_name IS DISTINCT FROM ?),
             current_setting('max_wal_senders')::int
      """;

  private final Names names;
  private final Address address;
  private final TablePatterns patterns;
  private final LogReader reader;
  private final List<Obstacle> obstacles = new ArrayList<>();

  Preflight(Names names, Address address, SourceSettings settings) {
    this.names = names;
    this.address = address;
    this.patterns = settings.tables();
    this.reader = settings.reader();
  }

  List<Obstacle> obstacles(Connection connection) throws SQLException {
    obstacles.clear();
    if (server(connection)) {
      tables(connection);
      new Seal(names).obstacle(connection, address.user()).ifPresent(obstacles::add);
    }
    return List.copyOf(obstacles);
  }

  /** Those that lie in the server and the role. */
  List<Obstacle> ofServer(Connection connection) throws SQLException {
    obstacles.clear();
    server(connection);
    return List.copyOf(obstacles);
  }

  /** Whether it makes sense to look further. */
  private boolean server(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(SERVER)) {
      statement.setString(1, names.slot());
      statement.setString(2, names.readerSession());
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        if (row.getInt(1) < OLDEST_VERSION) {
          add(
              address.toString(),
              "is older than PostgreSQL 14",
              "its log has not all that a mirror needs",
              "upgrade the server");
          return false;
        }
        if (row.getBoolean(2)) {
          add(
              address.toString(),
              "is a standby of another server (in recovery)",
              "its log cannot be marked, and its primary may be replaced without notice",
              "name its primary as the source");
          return false;
        }
        if (!row.getString(3).equals("logical")) {
          add(
              "wal_level",
              "is '" + row.getString(3) + "'",
              "the log lacks what a mirror needs",
              "ALTER SYSTEM SET wal_level = 'logical'",
              RESTART);
        }
        if (!row.getString(4).equals("UTF8")) {
          add(
              address.toString(),
              "is encoded in " + row.getString(4),
              "only UTF8 is supported",
              "move the data to a database made with ENCODING 'UTF8'");
        }
        if (!row.getBoolean(5)) {
          add(
              "role " + address.user(),
              "lacks the REPLICATION privilege",
              "it may not make a slot, nor read the log",
              "ALTER ROLE " + Quoting.name(address.user()) + " REPLICATION",
              "");
        }
        limit("max_replication_slots", row.getLong(6), row.getLong(7));
        limit("max_wal_senders", row.getLong(8), row.getLong(9));
      }
    }
    return true;
  }

  private void limit(String setting, long used, long limit) {
    if (used >= limit) {
      add(
          setting,
          "is " + limit + ", and all are in use",
          "the reader needs one, and init another for a moment",
          "ALTER SYSTEM SET " + setting + " = " + (used + 4),
          RESTART);
    }
  }

  private void tables(Connection connection) throws SQLException {
    List<Relation> tables = Catalog.tables(connection, patterns);
    List<Obstacle> ofTables = TablePreflight.obstacles(connection, patterns, address);
    if (tables.isEmpty() && ofTables.isEmpty()) {
      add(
          "tables",
          "none of " + address + " matches the include patterns",
          "there would be nothing to mirror",
          "correct 'tables' in the configuration");
    }
    obstacles.addAll(ofTables);
    if (reader == LogReader.DEBEZIUM) {
      obstacles.addAll(DebeziumLimits.obstacles(tables));
    }
    Publication publication = new Publication(names.publication());
    if (!publication.covers(connection, tables.stream().map(Relation::table).toList())
        && !mayPublish(connection)) {
      add(
          "publication " + names.publication(),
          "is not there or lacks tables, and role " + address.user() + " may not make it",
          "only what is published is in the log",
          "DROP PUBLICATION IF EXISTS "
              + Quoting.name(names.publication())
              + "; "
              + publication.createStatement(connection, patterns, true),
          "; as a superuser or the tables' owner");
    }
  }

  /** Making a publication takes CREATE on the database and owning the tables. */
  private boolean mayPublish(Connection connection) throws SQLException {
    String sql =
        """
        SELECT n.nspname, c.relname, pg_has_role(c.relowner, 'USAGE'),
               has_database_privilege(current_database(), 'CREATE')
          FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relkind = 'r' AND c.relpersistence = 'p'
           AND n.nspname NOT IN ('pg_catalog', 'information_schema', '%s')
        """
            .formatted(Catalog.OWN_SCHEMA);
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        boolean mirrored =
            patterns.matches(
                new io.understudy.journal.TableName(rows.getString(1), rows.getString(2)));
        if (mirrored && !(rows.getBoolean(3) && rows.getBoolean(4))) {
          return false;
        }
      }
    }
    return true;
  }

  private void add(String object, String problem, String why, String statement, String words) {
    obstacles.add(Obstacle.removedBy(statement, words, object, problem, why));
  }

  private void add(String object, String problem, String why, String remedy) {
    obstacles.add(new Obstacle(object, problem, why, remedy));
  }
}
