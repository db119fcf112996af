package io.understudy.connectors.postgres;

import io.understudy.connectors.Obstacle;
import io.understudy.connectors.slot.OwnMessages;
import io.understudy.connectors.slot.OwnMessages.Kind;
import io.understudy.journal.postgres.Quoting;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/**
 * The secret with which the mirror's messages in the source's log are sealed. It stands in a table
 * of its own, made once, that only its owner may read; the server puts it to the words, so that it
 * is in no statement that the server might log.
 */
final class Seal {
  private static final String READABLE =
      "SELECT coalesce(has_table_privilege(to_regclass(?), 'SELECT'), false)";

  private final Names names;

  Seal(Names names) {
    this.names = names;
  }

  /** A mirror's name is as good in SQL as it is. */
  String table() {
    return Catalog.OWN_SCHEMA + "." + names.sealTable();
  }

  /** Nothing, if it is there already. */
  String makeStatements() {
    return """
        CREATE TABLE IF NOT EXISTS %1$s (secret text NOT NULL);
        REVOKE ALL ON %1$s FROM PUBLIC;
        INSERT INTO %1$s SELECT replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')
         WHERE NOT EXISTS (SELECT FROM %1$s);
        """
        .formatted(table());
  }

  /** For the mirror's role, where somebody else makes it and what it is in. */
  String grantStatements(String role) {
    String grantee = Quoting.name(role);
    return "GRANT SELECT ON "
        + table()
        + " TO "
        + grantee
        + ";\nGRANT USAGE, CREATE ON SCHEMA "
        + Catalog.OWN_SCHEMA
        + " TO "
        + grantee
        + ";";
  }

  /** Sealed words, as an expression. */
  static String sealed(String secret, String words) {
    return "pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(%1$s, 'UTF8') || pg_catalog.sha256(pg_catalog.convert_to(%1$s || %2$s, 'UTF8'))), 'hex') || %2$s"
        .formatted(secret, words);
  }

  void make(Connection connection) throws SQLException {
    if (isMade(connection)) {
      return;
    }
    boolean schema = ask(connection, "SELECT to_regnamespace(?) IS NOT NULL", Catalog.OWN_SCHEMA);
    try (Statement statement = connection.createStatement()) {
      if (!schema) {
        statement.execute("CREATE SCHEMA IF NOT EXISTS " + Catalog.OWN_SCHEMA);
      }
      statement.execute(makeStatements());
    }
  }

  /** If it is not there, and this role may not make it. */
  Optional<Obstacle> obstacle(Connection connection, String role) throws SQLException {
    String sql =
        """
        SELECT CASE WHEN to_regnamespace(s.name) IS NULL
                    THEN has_database_privilege(current_database(), 'CREATE')
                    ELSE has_schema_privilege(s.name, 'CREATE') END
          FROM (SELECT ?::text AS name) s""";
    if (ask(connection, READABLE, table()) || ask(connection, sql, Catalog.OWN_SCHEMA)) {
      return Optional.empty();
    }
    return Optional.of(
        Obstacle.removedBy(
            "CREATE SCHEMA IF NOT EXISTS "
                + Catalog.OWN_SCHEMA
                + ";\n"
                + makeStatements()
                + grantStatements(role),
            " as a superuser",
            "table " + table(),
            "is not there, or not to be read, and role " + role + " may not make it",
            "by what it holds the reader knows our messages in the log from those of others"));
  }

  /** Once nothing writes messages any more. */
  void drop(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("DROP TABLE IF EXISTS " + table());
    }
  }

  private boolean isMade(Connection connection) throws SQLException {
    return ask(connection, "SELECT to_regclass(?) IS NOT NULL", table())
        && secret(connection).isPresent();
  }

  private static boolean ask(Connection connection, String sql, String about) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, about);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getBoolean(1);
      }
    }
  }

  private Optional<String> secret(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT secret FROM " + table())) {
      return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
    }
  }

  /** Makes it, if it is not there. */
  OwnMessages open(Connection connection) throws SQLException {
    make(connection);
    return new OwnMessages(names.ownPrefix(), secret(connection).orElseThrow());
  }

  /** Writes a message into the log, in its place among the transactions. */
  void emit(Connection connection, Kind kind, String words) throws SQLException {
    String sql =
        "SELECT pg_logical_emit_message(true, ?, "
            + sealed("s.secret", "w.words")
            + ") FROM "
            + table()
            + " s, (SELECT ?::text AS words) w";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, kind.prefix(names.ownPrefix()));
      statement.setString(2, words);
      statement.execute();
    }
  }
}
