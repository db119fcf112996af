package io.understudy.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.connectors.CopyPart;
import io.understudy.connectors.InitialCopy;
import io.understudy.journal.Change;
import io.understudy.journal.Column;
import io.understudy.journal.Relation;
import io.understudy.journal.Row;
import io.understudy.journal.RowForm;
import io.understudy.journal.TableName;
import io.understudy.journal.Value;
import io.understudy.journal.postgres.Quoting;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;

/**
 * A second database to which changes are applied as plainly as can be: every value as an untyped
 * literal, every statement must hit as many rows as it should. What comes of it is compared with
 * the source by asking both servers to print all rows.
 */
final class Replica implements AutoCloseable {
  private static final String PRINTING =
      "SET extra_float_digits = 3; SET lc_monetary = 'C'; SET IntervalStyle = 'postgres';"
          + " SET DateStyle = 'ISO, YMD'; SET TimeZone = 'Asia/Kathmandu'";

  private static final String SESSION =
      "SET session_replication_role = replica; SET search_path = pg_catalog;" + PRINTING;

  private final Connection connection;

  private Replica(Connection connection) {
    this.connection = connection;
  }

  /** With the tables that the rig was made with, empty. */
  static Replica of(SourceRig rig) throws SQLException {
    String name = rig.database + "_replica";
    rig.server.createDatabase(name);
    Replica replica = new Replica(rig.server.connect(name));
    for (String ddl : rig.ddl) {
      replica.execute(ddl);
    }
    replica.execute(SESSION);
    return replica;
  }

  void load(InitialCopy copy) throws SQLException, IOException {
    for (Relation table : copy.tables()) {
      ByteArrayOutputStream rows = new ByteArrayOutputStream();
      long count = copy.copy(CopyPart.whole(table, 0), RowForm.TEXT, rows);
      String columns =
          table.columns().stream()
              .map(column -> Quoting.name(column.name()))
              .collect(Collectors.joining(", "));
      long loaded =
          connection
              .unwrap(PGConnection.class)
              .getCopyAPI()
              .copyIn(
                  "COPY " + Quoting.name(table.table()) + " (" + columns + ") FROM STDIN",
                  new ByteArrayInputStream(rows.toByteArray()));
      assertThat(loaded).as("rows of %s", table.table()).isEqualTo(count);
    }
  }

  void apply(List<Transaction> transactions) throws SQLException {
    for (Transaction transaction : transactions) {
      for (Change change : transaction.changes()) {
        apply(change);
      }
    }
  }

  void apply(Change change) throws SQLException {
    if (change instanceof Change.Insert insert) {
      update(
          "INSERT INTO %s (%s) VALUES (%s)"
              .formatted(
                  Quoting.name(insert.relation().table()),
                  insert.relation().columns().stream()
                      .map(column -> Quoting.name(column.name()))
                      .collect(Collectors.joining(", ")),
                  insert.after().values().stream()
                      .map(Replica::literal)
                      .collect(Collectors.joining(", "))));
    } else if (change instanceof Change.Update update) {
      update(
          "UPDATE %s SET %s WHERE %s"
              .formatted(
                  Quoting.name(update.relation().table()),
                  assignments(update.relation(), update.after()),
                  oneRow(update.relation(), update.before().orElse(update.after()))));
    } else if (change instanceof Change.Delete delete) {
      update(
          "DELETE FROM %s WHERE %s"
              .formatted(
                  Quoting.name(delete.relation().table()),
                  oneRow(delete.relation(), delete.before())));
    } else {
      String tables =
          change.relations().stream()
              .map(relation -> "ONLY " + Quoting.name(relation.table()))
              .collect(Collectors.joining(", "));
      execute("TRUNCATE " + tables);
    }
  }

  void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private void update(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      assertThat(statement.executeUpdate(sql)).as(sql).isEqualTo(1);
    }
  }

  private static String assignments(Relation relation, Row after) {
    List<String> assignments = new ArrayList<>();
    for (int i = 0; i < relation.columns().size(); i++) {
      if (!after.get(i).equals(Value.UNCHANGED)) {
        assignments.add(
            Quoting.name(relation.columns().get(i).name()) + " = " + literal(after.get(i)));
      }
    }
    return String.join(", ", assignments);
  }

  private static String oneRow(Relation relation, Row row) {
    List<String> conditions = new ArrayList<>();
    for (int i = 0; i < relation.columns().size(); i++) {
      Column column = relation.columns().get(i);
      if (column.key()) {
        conditions.add(Quoting.name(column.name()) + " = " + literal(row.get(i)));
      } else if (!relation.hasKey()) {
        conditions.add(
            "(%s)::text IS NOT DISTINCT FROM (%s)::%s::text"
                .formatted(Quoting.name(column.name()), literal(row.get(i)), column.type()));
      }
    }
    String where = String.join(" AND ", conditions);
    return relation.hasKey()
        ? where
        : "ctid = (SELECT ctid FROM ONLY %s WHERE %s LIMIT 1)"
            .formatted(Quoting.name(relation.table()), where);
  }

  private static String literal(Value value) {
    if (value instanceof Value.Text text) {
      return Quoting.literal(text.text());
    }
    if (value instanceof Value.Bytes bytes) {
      return "'\\x" + HexFormat.of().formatHex(bytes.bytes()) + "'";
    }
    assertThat(value).isEqualTo(Value.NULL);
    return "NULL";
  }

  long rows(TableName table) {
    return Long.parseLong(print("SELECT count(*) FROM " + Quoting.name(table)));
  }

  /** The first column of the first row. */
  String print(String query) {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getString(1);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  /** Every row of every table of the mirror, on both sides, as the servers print them. */
  void assertSameAs(SourceRig rig) throws SQLException {
    assertThat(print(connection, rig)).isEqualTo(print(rig.client, rig));
  }

  private static Map<TableName, List<String>> print(Connection connection, SourceRig rig)
      throws SQLException {
    Map<TableName, List<String>> tables = new TreeMap<>();
    for (Relation relation : rig.source.tables()) {
      String query = "SELECT t::text FROM ONLY " + Quoting.name(relation.table()) + " t ORDER BY 1";
      List<String> rows = new ArrayList<>();
      try (Statement statement = connection.createStatement()) {
        statement.execute(PRINTING);
        try (ResultSet row = statement.executeQuery(query)) {
          while (row.next()) {
            rows.add(row.getString(1));
          }
        }
      }
      tables.put(relation.table(), rows);
    }
    return tables;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
