package io.understudy.connectors.postgres;

import io.understudy.connectors.TablePatterns;
import io.understudy.connectors.Unmirrored;
import io.understudy.connectors.slot.OwnMessages.Kind;
import io.understudy.journal.postgres.Quoting;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Event triggers on the source that tell its log every statement that changes the schema. They take
 * a superuser to make, and none to run.
 */
final class SchemaCapture {
  static final Unmirrored NOT_BY_DEBEZIUM =
      new Unmirrored(
          "changes of the schema",
          "Debezium's reader, which takes tables from the catalog as it is now, cannot carry them",
          "reader: native, or change the standbys' schema by hand before the source's");

  private static final List<String> EVENTS =
      List.of("ddl_command_start", "ddl_command_end", "sql_drop");

  /** What the trigger calls; with the server's own functions, whatever the client's are called. */
  private static final String TELL =
      "understudy.#ddl#_tell(TG_EVENT, TG_TAG, CURRENT_USER::pg_catalog.text,"
          + " pg_catalog.current_schemas(false)::pg_catalog.text[],"
          + " pg_catalog.current_setting('search_path'),"
          + " pg_catalog.current_setting('standard_conforming_strings'))";

  private final Names names;
  private final Address address;
  private final TablePatterns patterns;

  SchemaCapture(Names names, Address address, TablePatterns patterns) {
    this.names = names;
    this.address = address;
    this.patterns = patterns;
  }

  /** Whether all of it is there, for the tables that are mirrored now, and at work. */
  boolean isInstalled(Connection connection) throws SQLException {
    String sql =
        """
        SELECT (SELECT count(*) FROM pg_event_trigger
                 WHERE evtname = ANY (?) AND evtenabled IN ('O', 'A')),
               (SELECT count(*) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
                 WHERE n.nspname = ? AND p.proname LIKE ? AND p.prosrc = ANY (?))
        """;
    List<String> bodies = bodies();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setArray(
          1, connection.createArrayOf("text", EVENTS.stream().map(this::trigger).toArray()));
      statement.setString(2, Catalog.OWN_SCHEMA);
      statement.setString(3, names.schemaFunction().replace("_", "\\_") + "%");
      statement.setArray(4, connection.createArrayOf("text", bodies.toArray()));
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getInt(1) == EVENTS.size() && row.getInt(2) == bodies.size();
      }
    }
  }

  static boolean mayInstall(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")) {
      row.next();
      return row.getBoolean(1);
    }
  }

  Unmirrored lacking() {
    return new Unmirrored(
        "changes of the schema",
        "event triggers tell them to the log, and role " + address.user() + " may not make such",
        "let a superuser run what understudy check --sql prints for this database, or write ddl: ignore in"
            + " the configuration, and change the standbys' schema by hand",
        Optional.of(script()));
  }

  void install(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(script());
    }
  }

  /** What the functions that are made have between their dollars. */
  private List<String> bodies() {
    String[] parts = functions().split("\\$understudy\\$", -1);
    return Stream.iterate(1, i -> i + 2).limit(parts.length / 2).map(i -> parts[i]).toList();
  }

  /** The statements that make it; they may be run again, by a superuser. */
  String script() {
    return functions()
        + EVENTS.stream()
            .map(
                event ->
                    "DROP EVENT TRIGGER IF EXISTS "
                        + Quoting.name(trigger(event))
                        + ";\nCREATE EVENT TRIGGER "
                        + Quoting.name(trigger(event))
                        + " ON "
                        + event
                        + " EXECUTE FUNCTION "
                        + function("")
                        + "();\n")
            .collect(Collectors.joining());
  }

  private String functions() {
    Seal seal = new Seal(names);
    // First, since it has places to fill in itself.
    String text = template().replace("#tell#", TELL);
    for (Map.Entry<String, String> value :
        Map.of(
                "#ddl#", names.schemaFunction(),
                "#mirror#", names.mirror().value(),
                "#include#", Quoting.literal(patterns.includeExpression()),
                "#exclude#", Quoting.literal(patterns.excludeExpression()),
                "#publication#", Quoting.literal(names.publication()),
                "#prefix#", Quoting.literal(Kind.DDL.prefix(names.ownPrefix())),
                "#seal#", seal.makeStatements() + seal.grantStatements(address.user()),
                "#sealed#", Seal.sealed("s.secret", "words"),
                "#sealtable#", seal.table())
            .entrySet()) {
      text = text.replace(value.getKey(), value.getValue());
    }
    return text;
  }

  private static String template() {
    try (InputStream in = SchemaCapture.class.getResourceAsStream("schema-changes.sql")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Removes it; what other mirrors have stays. */
  void drop(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String event : EVENTS) {
        statement.execute("DROP EVENT TRIGGER IF EXISTS " + Quoting.name(trigger(event)));
      }
      for (String part : List.of("", "_tell", "_fill", "_log", "_mirrors")) {
        statement.execute("DROP FUNCTION IF EXISTS " + function(part));
      }
    }
  }

  private String trigger(String event) {
    return names.schemaTrigger(
        switch (event) {
          case "ddl_command_start" -> "start";
          case "sql_drop" -> "drop";
          default -> "ddl";
        });
  }

  private String function(String part) {
    return Catalog.OWN_SCHEMA + "." + Quoting.name(names.schemaFunction() + part);
  }
}
