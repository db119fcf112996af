package io.understudy.applier.postgres;

import io.understudy.journal.MirrorName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/**
 * The table {@code understudy.dumped}: the schema that an {@code init} under way makes here, as the
 * program that dumped it wrote it. The source's own may change before another one goes on.
 */
final class DumpedSchema {
  static final OwnTable TABLE =
      new OwnTable(
          "dumped",
          """
          CREATE TABLE IF NOT EXISTS understudy.dumped (
            mirror text PRIMARY KEY,
            archive bytea NOT NULL
          )""");

  private final MirrorName mirror;

  DumpedSchema(MirrorName mirror) {
    this.mirror = mirror;
  }

  void put(Connection connection, byte[] archive) throws SQLException {
    String sql =
        """
        INSERT INTO understudy.dumped VALUES (?, ?)
        ON CONFLICT (mirror) DO UPDATE SET archive = excluded.archive""";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, mirror.value());
      statement.setBytes(2, archive);
      statement.executeUpdate();
    }
  }

  Optional<byte[]> read(Connection connection) throws SQLException {
    if (!TABLE.exists(connection)) {
      return Optional.empty();
    }
    String sql = "SELECT archive FROM understudy.dumped WHERE mirror = ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, mirror.value());
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? Optional.of(row.getBytes(1)) : Optional.empty();
      }
    }
  }

  void clear(Connection connection) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("DELETE FROM understudy.dumped WHERE mirror = ?")) {
      statement.setString(1, mirror.value());
      statement.executeUpdate();
    }
  }
}
