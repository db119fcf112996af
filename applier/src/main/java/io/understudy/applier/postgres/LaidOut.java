package io.understudy.applier.postgres;

import io.understudy.applier.Rendezvous.Outcome;
import io.understudy.applier.Rendezvous.Repaired;
import io.understudy.journal.TableName;
import io.understudy.journal.VerificationId;
import io.understudy.journal.postgres.Quoting;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.PGConnection;

/**
 * The rows that a verifier has laid out for repair, in tables of Understudy's own schema: a list of
 * them, and for each table to repair one of identities and one of the source's rows. They are there
 * from {@link #add} to {@link #remove} only; in between the applier repairs by each {@link Sheet}.
 */
final class LaidOut {
  private static final String HASHES = "\"understudy 1\", \"understudy 2\", \"understudy count\"";

  private final VerificationId id;
  private int tables;

  LaidOut(VerificationId id) {
    this.id = id;
  }

  private String list() {
    return "understudy." + Quoting.name("verify " + id);
  }

  private String identities(int number) {
    return "understudy." + Quoting.name("verify " + id + " i" + number);
  }

  private String rows(int number) {
    return "understudy." + Quoting.name("verify " + id + " r" + number);
  }

  /** With auto-commit on. */
  void add(
      Connection connection,
      TableName target,
      List<String> columns,
      List<String> identity,
      List<String> hashed,
      List<List<String>> wanted,
      InputStream source)
      throws SQLException, IOException {
    int number = tables++;
    boolean keyed = !identity.isEmpty();
    try (Statement statement = connection.createStatement()) {
      if (number == 0) {
        statement.execute(
            "CREATE UNLOGGED TABLE "
                + list()
                + " (number int, schema text, name text, columns text[],"
                + " identity text[], hashed text[])");
      }
      statement.execute(
          "CREATE UNLOGGED TABLE " + identities(number) + " (identity text[], outcome text)");
      statement.execute(
          "CREATE UNLOGGED TABLE "
              + rows(number)
              + " AS SELECT "
              + (keyed
                  ? ""
                  : "0::bigint AS \"understudy 1\", 0::bigint AS \"understudy 2\","
                      + " 0::bigint AS \"understudy count\""
                      + (columns.isEmpty() ? "" : ", "))
              + Quoting.names(columns)
              + " FROM "
              + Quoting.name(target)
              + " WITH NO DATA");
    }
    note(connection, number, target, columns, identity, hashed);
    wanted(connection, number, wanted);
    String names =
        keyed
            ? Quoting.names(columns)
            : HASHES + (columns.isEmpty() ? "" : ", " + Quoting.names(columns));
    connection
        .unwrap(PGConnection.class)
        .getCopyAPI()
        .copyIn("COPY " + rows(number) + " (" + names + ") FROM STDIN (ENCODING 'UTF8')", source);
  }

  private void note(
      Connection connection,
      int number,
      TableName target,
      List<String> columns,
      List<String> identity,
      List<String> hashed)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("INSERT INTO " + list() + " VALUES (?, ?, ?, ?, ?, ?)")) {
      statement.setInt(1, number);
      statement.setString(2, target.schema());
      statement.setString(3, target.table());
      statement.setArray(4, connection.createArrayOf("text", columns.toArray()));
      statement.setArray(5, connection.createArrayOf("text", identity.toArray()));
      statement.setArray(6, connection.createArrayOf("text", hashed.toArray()));
      statement.executeUpdate();
    }
  }

  private void wanted(Connection connection, int number, List<List<String>> wanted)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "INSERT INTO " + identities(number) + " (identity) VALUES (?)")) {
      for (List<String> one : wanted) {
        statement.setArray(1, connection.createArrayOf("text", one.toArray()));
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  /** What was laid out, in its order. */
  List<Sheet> sheets(Connection connection) throws SQLException {
    String sql =
        "SELECT l.number, l.schema, l.name, l.columns, l.identity, c.relkind = 'p',"
            + " ARRAY(SELECT format_type(a.atttypid, a.atttypmod)"
            + " FROM unnest(l.identity) WITH ORDINALITY k(name, n)"
            + " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = k.name ORDER BY k.n), l.hashed"
            + " FROM "
            + list()
            + " l JOIN pg_namespace s ON s.nspname = l.schema"
            + " JOIN pg_class c ON c.relnamespace = s.oid AND c.relname = l.name ORDER BY l.number";
    List<Sheet> sheets = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      while (row.next()) {
        String name = Quoting.name(new TableName(row.getString(2), row.getString(3)));
        sheets.add(
            new Sheet(
                identities(row.getInt(1)),
                rows(row.getInt(1)),
                row.getInt(1),
                row.getBoolean(6) ? name : "ONLY " + name,
                texts(row.getArray(4)),
                texts(row.getArray(5)),
                texts(row.getArray(7)),
                texts(row.getArray(8))));
      }
    }
    return sheets;
  }

  /** What repairing each sheet did. */
  List<Repaired> outcomes(Connection connection) throws SQLException {
    List<Repaired> outcomes = new ArrayList<>();
    String sql = "SELECT number, schema, name FROM " + list() + " ORDER BY number";
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      while (row.next()) {
        TableName table = new TableName(row.getString(2), row.getString(3));
        try (Statement inner = connection.createStatement();
            ResultSet one =
                inner.executeQuery("SELECT identity, outcome FROM " + identities(row.getInt(1)))) {
          while (one.next()) {
            outcomes.add(
                new Repaired(table, texts(one.getArray(1)), Outcome.valueOf(one.getString(2))));
          }
        }
      }
    }
    return outcomes;
  }

  void remove(Connection connection) throws SQLException {
    if (tables == 0) {
      return;
    }
    try (Statement statement = connection.createStatement()) {
      for (int number = 0; number < tables; number++) {
        statement.execute("DROP TABLE IF EXISTS " + identities(number) + ", " + rows(number));
      }
      statement.execute("DROP TABLE IF EXISTS " + list());
    }
  }

  /** Removes what verifiers left that were killed: no session holds their lock any more. */
  static void removeAbandoned(Connection connection) throws SQLException {
    String sql =
        """
        SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = 'understudy' AND c.relkind = 'r' AND c.relname ~ '^verify [0-9a-f]{16}'
           AND NOT EXISTS (
             SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database
              WHERE l.locktype = 'advisory' AND d.datname = current_database()
                AND lpad(to_hex(l.classid::bigint), 8, '0') || lpad(to_hex(l.objid::bigint), 8, '0')
                    = substr(c.relname, 8, 16))""";
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      while (row.next()) {
        try (Statement drop = connection.createStatement()) {
          drop.execute("DROP TABLE IF EXISTS understudy." + Quoting.name(row.getString(1)));
        }
      }
    }
  }

  private static List<String> texts(Array array) throws SQLException {
    return List.of((String[]) array.getArray());
  }
}
