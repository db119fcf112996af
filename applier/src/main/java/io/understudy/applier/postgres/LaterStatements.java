package io.understudy.applier.postgres;

import io.understudy.journal.DatabaseName;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;

/**
 * The table {@code understudy.later}: parts of the schema that hold only between tables as they
 * were at one moment, foreign keys above all. After a copy that was interrupted, tables are of
 * different moments until the applier is past the last one.
 */
final class LaterStatements {
  static final OwnTable TABLE =
      new OwnTable(
          "later",
          """
          CREATE TABLE IF NOT EXISTS understudy.later (
            mirror text NOT NULL,
            n int NOT NULL,
            script text NOT NULL,
            PRIMARY KEY (mirror, n)
          )""");

  private final MirrorName mirror;

  LaterStatements(MirrorName mirror) {
    this.mirror = mirror;
  }

  /** In place of those that are there. */
  void replace(Connection connection, List<String> scripts) throws SQLException {
    try (PreparedStatement delete =
            connection.prepareStatement("DELETE FROM understudy.later WHERE mirror = ?");
        PreparedStatement insert =
            connection.prepareStatement("INSERT INTO understudy.later VALUES (?, ?, ?)")) {
      delete.setString(1, mirror.value());
      delete.executeUpdate();
      for (int i = 0; i < scripts.size(); i++) {
        insert.setString(1, mirror.value());
        insert.setInt(2, i);
        insert.setString(3, scripts.get(i));
        insert.executeUpdate();
      }
    }
  }

  /**
   * Runs the next script, and forgets it in the same transaction, if the standby is still {@code
   * owner}'s.
   *
   * @return false if there was none
   */
  boolean runNext(Connection connection, DatabaseName database, String owner) throws SQLException {
    try (PreparedStatement hold =
        connection.prepareStatement(
            "SELECT 1 FROM understudy.mirror"
                + " WHERE mirror = ? AND owner = ? AND state = 'FOLLOWING' FOR UPDATE")) {
      hold.setString(1, mirror.value());
      hold.setString(2, owner);
      try (ResultSet row = hold.executeQuery()) {
        if (!row.next()) {
          throw new MirrorException.Superseded(
              "completing the schema of " + database + ": this applier was superseded");
        }
      }
    }
    Optional<String> script = takeNext(connection);
    if (script.isPresent()) {
      try (Statement statement = connection.createStatement()) {
        statement.execute(script.get());
      }
    }
    return script.isPresent();
  }

  private Optional<String> takeNext(Connection connection) throws SQLException {
    String sql =
        """
        DELETE FROM understudy.later
         WHERE mirror = ? AND n = (SELECT min(n) FROM understudy.later WHERE mirror = ?)
        RETURNING script""";
    try (PreparedStatement take = connection.prepareStatement(sql)) {
      take.setString(1, mirror.value());
      take.setString(2, mirror.value());
      try (ResultSet row = take.executeQuery()) {
        return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
      }
    }
  }
}
