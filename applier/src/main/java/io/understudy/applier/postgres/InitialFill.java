package io.understudy.applier.postgres;

import io.understudy.journal.Relation;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;

/** Fills tables of the standby in the transaction of the connection given. */
final class InitialFill {
  private InitialFill() {}

  /** Empties all of them by one statement, since they may refer to one another. */
  static void empty(Connection connection, List<Relation> tables) throws SQLException {
    if (tables.isEmpty()) {
      return;
    }
    String names =
        tables.stream().map(table -> Sql.name(table.table())).collect(Collectors.joining(", "));
    try (Statement statement = connection.createStatement()) {
      statement.execute("TRUNCATE " + names);
    }
  }

  /** Returns the number of rows. A copy takes as long as its rows take to come. */
  static long copy(Connection connection, Relation table, InputStream rows)
      throws SQLException, IOException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET LOCAL session_replication_role = replica");
      statement.execute("SET LOCAL statement_timeout = 0");
    }
    return connection
        .unwrap(PGConnection.class)
        .getCopyAPI()
        .copyIn(
            "COPY "
                + Sql.name(table.table())
                + " ("
                + Sql.columnNames(table.columns())
                + ") FROM STDIN (ENCODING 'UTF8')",
            rows);
  }
}
