package io.understudy.applier.postgres;

import io.understudy.journal.MirrorName;
import io.understudy.journal.Position;
import io.understudy.journal.PositionFormat;
import io.understudy.journal.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/**
 * The table {@code understudy.copied}: which tables hold all rows that the source had at which
 * position. Kept after the copy for the applier, which may begin before that position.
 */
final class CopiedTables {
  static final OwnTable TABLE =
      new OwnTable(
          "copied",
          """
          CREATE TABLE IF NOT EXISTS understudy.copied (
            mirror text NOT NULL,
            schema_name text NOT NULL,
            table_name text NOT NULL,
            position_kind text NOT NULL,
            position text NOT NULL,
            PRIMARY KEY (mirror, schema_name, table_name)
          )""");

  /** In place of a table's name: the schema of the whole database. */
  static final TableName SCHEMA = new TableName("understudy", "the schema");

  private final MirrorName mirror;

  CopiedTables(MirrorName mirror) {
    this.mirror = mirror;
  }

  Map<TableName, Position> read(Connection connection) throws SQLException {
    Map<TableName, Position> copied = new HashMap<>();
    if (!TABLE.exists(connection)) {
      return copied;
    }
    String sql =
        "SELECT schema_name, table_name, position_kind, position FROM understudy.copied"
            + " WHERE mirror = ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, mirror.value());
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          copied.put(
              new TableName(row.getString(1), row.getString(2)),
              PositionFormat.parse(row.getString(3), row.getString(4)));
        }
      }
    }
    return copied;
  }

  void clear(Connection connection) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("DELETE FROM understudy.copied WHERE mirror = ?")) {
      statement.setString(1, mirror.value());
      statement.executeUpdate();
    }
  }

  void add(Connection connection, TableName table, Position position) throws SQLException {
    write(connection, "INSERT INTO understudy.copied VALUES (?, ?, ?, ?, ?)", table, position);
  }

  /** In place of what is known of the table. */
  void put(Connection connection, TableName table, Position position) throws SQLException {
    TABLE.create(connection);
    write(
        connection,
        """
        INSERT INTO understudy.copied VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (mirror, schema_name, table_name) DO UPDATE
           SET (position_kind, position) = ROW (excluded.position_kind, excluded.position)""",
        table,
        position);
  }

  /** But not what was put since they were read. */
  void remove(Connection connection, Map<TableName, Position> read) throws SQLException {
    for (Map.Entry<TableName, Position> copy : read.entrySet()) {
      write(
          connection,
          "DELETE FROM understudy.copied WHERE mirror = ? AND schema_name = ? AND table_name = ?"
              + " AND position_kind = ? AND position = ?",
          copy.getKey(),
          copy.getValue());
    }
  }

  private void write(Connection connection, String sql, TableName table, Position position)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, mirror.value());
      statement.setString(2, table.schema());
      statement.setString(3, table.table());
      statement.setString(4, position.kind());
      statement.setString(5, position.encoded());
      statement.executeUpdate();
    }
  }
}
