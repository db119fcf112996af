package io.understudy.applier.postgres;

import io.understudy.journal.Relation;
import io.understudy.journal.RowForm;
import io.understudy.journal.postgres.Quoting;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.postgresql.PGConnection;

/** Fills tables of the standby in the transaction of the connection given. */
final class InitialFill {
  private InitialFill() {}

  /** Empties all of them by one statement, since they may refer to one another. */
  static void empty(Connection connection, List<Relation> tables) throws SQLException {
    if (tables.isEmpty()) {
      return;
    }
    Set<String> names = new LinkedHashSet<>();
    for (Relation table : tables) {
      names.add(place(connection, table));
    }
    try (Statement statement = connection.createStatement()) {
      asReplica(statement);
      statement.execute("TRUNCATE " + String.join(", ", names));
    }
  }

  /** The name of the table that takes the rows; its own if the standby lacks it. */
  static String place(Connection connection, Relation table) throws SQLException {
    return Quoting.name(
        table.partition().isEmpty()
            ? table.table()
            : StandbyTable.of(connection, table).map(StandbyTable::name).orElse(table.table()));
  }

  /** Returns the number of rows. A copy takes as long as its rows take to come. */
  static long copy(Connection connection, Relation table, RowForm form, InputStream rows)
      throws SQLException, IOException {
    try (Statement statement = connection.createStatement()) {
      asReplica(statement);
      statement.execute("SET LOCAL statement_timeout = 0; SET LOCAL synchronous_commit = off");
    }
    return connection
        .unwrap(PGConnection.class)
        .getCopyAPI()
        .copyIn(
            "COPY "
                + place(connection, table)
                + (table.columns().isEmpty()
                    ? ""
                    : " (" + Quoting.columnNames(table.columns()) + ")")
                + " FROM STDIN (ENCODING 'UTF8'"
                + (form == RowForm.BINARY ? ", FORMAT binary" : "")
                + ")",
            rows);
  }

  /** So that no trigger of the standby fires, not even one for truncation. */
  static void asReplica(Statement statement) throws SQLException {
    statement.execute("SET LOCAL session_replication_role = replica");
  }
}
