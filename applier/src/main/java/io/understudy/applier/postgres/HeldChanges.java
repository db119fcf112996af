package io.understudy.applier.postgres;

import io.understudy.applier.HeldChange;
import io.understudy.journal.Ddl;
import io.understudy.journal.MirrorName;
import io.understudy.journal.Sequence;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The table {@code understudy.held}: schema changes in front of which this standby waits, and what
 * was decided about them; and the table {@code understudy.paused}: the mirrors that somebody
 * paused.
 */
final class HeldChanges {
  static final OwnTable TABLE =
      new OwnTable(
          "paused",
          """
          CREATE TABLE IF NOT EXISTS understudy.held (
            mirror text NOT NULL,
            sequence bigint NOT NULL,
            number int NOT NULL,
            tag text NOT NULL,
            statement text NOT NULL,
            why text NOT NULL,
            since timestamptz NOT NULL DEFAULT clock_timestamp(),
            decision text,
            PRIMARY KEY (mirror, sequence, number)
          );
          CREATE TABLE IF NOT EXISTS understudy.paused (
            mirror text PRIMARY KEY,
            since timestamptz NOT NULL DEFAULT clock_timestamp()
          )""");

  /** Which change of which transaction. */
  record Place(Sequence sequence, int number) {}

  private final MirrorName mirror;

  HeldChanges(MirrorName mirror) {
    this.mirror = mirror;
  }

  /** What was decided; a change about which nothing was decided is not in it. */
  Map<Place, HeldChange.Way> decisions(Connection connection) throws SQLException {
    Map<Place, HeldChange.Way> decisions = new HashMap<>();
    if (!TABLE.exists(connection)) {
      return decisions;
    }
    String sql =
        "SELECT sequence, number, decision FROM understudy.held"
            + " WHERE mirror = ? AND decision IS NOT NULL";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, mirror.value());
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          decisions.put(
              new Place(new Sequence(row.getLong(1)), row.getInt(2)),
              HeldChange.Way.valueOf(row.getString(3)));
        }
      }
    }
    return decisions;
  }

  /** The change that waits for a decision; empty if none does. */
  Optional<HeldChange> waiting(Connection connection) throws SQLException {
    if (!TABLE.exists(connection)) {
      return Optional.empty();
    }
    String sql =
        "SELECT sequence, number, tag, statement, why, since FROM understudy.held"
            + " WHERE mirror = ? AND decision IS NULL ORDER BY sequence, number LIMIT 1";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, mirror.value());
      try (ResultSet row = statement.executeQuery()) {
        return row.next()
            ? Optional.of(
                new HeldChange(
                    new Sequence(row.getLong(1)),
                    row.getInt(2),
                    row.getString(3),
                    row.getString(4),
                    row.getString(5),
                    row.getObject(6, OffsetDateTime.class).toInstant()))
            : Optional.empty();
      }
    }
  }

  void add(Connection connection, Place place, Ddl ddl, String why) throws SQLException {
    if (!TABLE.exists(connection)) {
      TABLE.create(connection);
    }
    String sql =
        "INSERT INTO understudy.held (mirror, sequence, number, tag, statement, why)"
            + " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (mirror, sequence, number)"
            + " DO UPDATE SET why = excluded.why, decision = NULL";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, mirror.value());
      statement.setLong(2, place.sequence().value());
      statement.setInt(3, place.number());
      statement.setString(4, ddl.tag());
      statement.setString(5, ddl.text());
      statement.setString(6, why);
      statement.executeUpdate();
    }
  }

  /** Whether the change still waits, and is now decided about. */
  boolean decide(Connection connection, HeldChange change, HeldChange.Way way) throws SQLException {
    String sql =
        "UPDATE understudy.held SET decision = ?"
            + " WHERE mirror = ? AND sequence = ? AND number = ? AND decision IS NULL";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, way.name());
      statement.setString(2, mirror.value());
      statement.setLong(3, change.sequence().value());
      statement.setInt(4, change.number());
      return statement.executeUpdate() == 1;
    }
  }

  /** Forgets what was decided about transactions up to this one. */
  void clearUpTo(Connection connection, Sequence applied) throws SQLException {
    if (!TABLE.exists(connection)) {
      return;
    }
    String sql = "DELETE FROM understudy.held WHERE mirror = ? AND sequence <= ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, mirror.value());
      statement.setLong(2, applied.value());
      statement.executeUpdate();
    }
  }

  /** Forgets everything: the standby is filled anew. */
  void clear(Connection connection) throws SQLException {
    clearUpTo(connection, new Sequence(Long.MAX_VALUE));
  }

  Optional<OffsetDateTime> pausedSince(Connection connection) throws SQLException {
    if (!TABLE.exists(connection)) {
      return Optional.empty();
    }
    String sql = "SELECT since FROM understudy.paused WHERE mirror = ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, mirror.value());
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? Optional.of(row.getObject(1, OffsetDateTime.class)) : Optional.empty();
      }
    }
  }

  /** Returns whether it was not as asked before. */
  boolean setPaused(Connection connection, boolean paused) throws SQLException {
    TABLE.create(connection);
    String sql =
        paused
            ? "INSERT INTO understudy.paused (mirror) VALUES (?) ON CONFLICT DO NOTHING"
            : "DELETE FROM understudy.paused WHERE mirror = ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, mirror.value());
      return statement.executeUpdate() == 1;
    }
  }
}
