package io.understudy.journal.postgres;

import io.understudy.journal.DatabaseProfile;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Asks a PostgreSQL database for its {@link DatabaseProfile}. */
public final class Profile {
  /** The column of the provider came with version 15, that of the version with 15, too. */
  private static final String DATABASE =
      """
      SELECT current_setting('server_version'), current_setting('server_version_num')::int / 10000,
             pg_encoding_to_char(d.encoding),
             concat_ws(' ', 'collate', d.datcollate, 'ctype', d.datctype,
                       'provider ' || (to_jsonb(d) ->> 'datlocprovider'),
                       'locale ' || coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale'),
                       'version ' || (to_jsonb(d) ->> 'datcollversion'))
        FROM pg_database d WHERE d.datname = current_database()
      """;

  private static final String INSTALLED = "SELECT extname, extversion FROM pg_extension";
  private static final String AVAILABLE =
      "SELECT name, default_version FROM pg_available_extensions";

  private static final String UNSAFE =
      """
      SELECT name, setting FROM pg_settings
       WHERE name IN ('fsync', 'full_page_writes') AND setting = 'off'
      """;

  /** Those that columns are ordered by, and what declares them to be right. */
  private static final String COLLATIONS =
      """
      SELECT c.oid::regcollation::text, format('ALTER COLLATION %s REFRESH VERSION', c.oid::regcollation)
        FROM pg_collation c
       WHERE c.collversion <> pg_collation_actual_version(c.oid)
         AND EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attcollation = c.oid)
      """;

  private static final String DEFAULT_COLLATION =
      """
      SELECT 'of the database', format('ALTER DATABASE %I REFRESH COLLATION VERSION', d.datname)
        FROM pg_database d
       WHERE d.datname = current_database()
         AND d.datcollversion <> pg_database_collation_actual_version(d.oid)
      """;

  private Profile() {}

  public static DatabaseProfile of(Connection connection) throws SQLException {
    Map<String, String> installed = pairs(connection, INSTALLED);
    Map<String, String> available = pairs(connection, AVAILABLE);
    List<DatabaseProfile.Caution> cautions = cautions(connection);
    try (Statement statement = connection.createStatement()) {
      Instant before = Instant.now();
      Instant clock;
      try (ResultSet row = statement.executeQuery("SELECT clock_timestamp()")) {
        row.next();
        clock = row.getObject(1, OffsetDateTime.class).toInstant();
      }
      Instant asked = before.plus(Duration.between(before, Instant.now()).dividedBy(2));
      try (ResultSet row = statement.executeQuery(DATABASE)) {
        row.next();
        return new DatabaseProfile(
            "PostgreSQL " + row.getString(1),
            row.getInt(2),
            row.getString(3),
            row.getString(4),
            installed,
            available,
            clock,
            asked,
            cautions);
      }
    }
  }

  private static List<DatabaseProfile.Caution> cautions(Connection connection) throws SQLException {
    List<DatabaseProfile.Caution> cautions = new ArrayList<>();
    boolean told = connection.getMetaData().getDatabaseMajorVersion() >= 15;
    for (String sql : told ? List.of(COLLATIONS, DEFAULT_COLLATION) : List.of(COLLATIONS)) {
      pairs(connection, sql)
          .forEach(
              (name, refresh) ->
                  cautions.add(
                      new DatabaseProfile.Caution(
                          "collation " + name + " is of another version than the machine's now",
                          "indexes made before may not be in order: rows are not found, and unique"
                              + " ones are there twice",
                          "REINDEX DATABASE, then " + refresh)));
    }
    pairs(connection, UNSAFE)
        .forEach(
            (setting, value) ->
                cautions.add(
                    new DatabaseProfile.Caution(
                        setting + " is " + value,
                        "a crash of its machine may destroy the database, or take back what was"
                            + " committed",
                        "ALTER SYSTEM SET " + setting + " = on; SELECT pg_reload_conf()")));
    return cautions;
  }

  private static Map<String, String> pairs(Connection connection, String sql) throws SQLException {
    Map<String, String> pairs = new HashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      while (row.next()) {
        pairs.put(row.getString(1), row.getString(2));
      }
    }
    return pairs;
  }
}
