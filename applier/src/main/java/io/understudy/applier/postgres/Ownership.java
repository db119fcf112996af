package io.understudy.applier.postgres;

import io.understudy.applier.Progress;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import io.understudy.journal.postgres.Quoting;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Who may apply to a standby. The role is taken by writing one's name into the progress row, and
 * held as long as it stands there. A take-over whose outcome got lost is repeated only while the
 * row names the same former owner, so that it cannot undo a later one.
 */
final class Ownership {
  /** Materialized: the planner must not end a session before it has looked whose it is. */
  private static final String END_SESSIONS =
      """
      WITH applier AS MATERIALIZED (
        SELECT pid FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = ? AND pid <> pg_backend_pid())
      SELECT pid FROM applier WHERE NOT pg_terminate_backend(pid, ?)""";

  private final MirrorName mirror;
  private final DatabaseName database;
  private final ProgressTable table;
  private final Map<String, String> ownerBefore = new HashMap<>();

  Ownership(MirrorName mirror, DatabaseName database, ProgressTable table) {
    this.mirror = mirror;
    this.database = database;
    this.table = table;
  }

  String applicationName() {
    return "understudy " + mirror + " applier";
  }

  /** The name of the sessions that copy tables again while appliers wait. */
  String refillName() {
    return "understudy " + mirror + " copies tables";
  }

  /** Whether tables are being copied again, which holds the applier. */
  boolean isRefilled(Connection connection) throws SQLException {
    String sql =
        "SELECT 1 FROM pg_stat_activity"
            + " WHERE datname = current_database() AND application_name = ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, refillName());
      try (ResultSet row = statement.executeQuery()) {
        return row.next();
      }
    }
  }

  /**
   * Checks that this database is a standby. Until the transaction ends nobody applies to it, but
   * for sessions that {@link #endSessions} ends.
   */
  Progress hold(Connection connection) throws SQLException {
    return following(table.lock(connection)).progress().orElseThrow();
  }

  /** Checks that this database is a standby. */
  void requireFollowing(Connection connection) throws SQLException {
    following(table.read(connection));
  }

  /** Writes {@code owner} into the row, in the connection's transaction. */
  synchronized Progress take(Connection connection, String owner) throws SQLException {
    ProgressTable.Entry entry = following(table.lock(connection));
    String expected = ownerBefore.computeIfAbsent(owner, first -> entry.owner());
    if (!entry.owner().equals(expected) && !entry.owner().equals(owner)) {
      throw superseded("taking over the applier of " + database, owner);
    }
    table.own(connection, owner, ProgressTable.State.FOLLOWING);
    nameSession(connection);
    return entry.progress().orElseThrow();
  }

  /** Checks that the row names {@code owner}: only then may that one end other sessions. */
  void requireOwn(Connection connection, String owner) throws SQLException {
    requireOwn(following(table.read(connection)), owner);
  }

  /** Checks that the row names {@code owner}; it will until the transaction ends. */
  Progress keep(Connection connection, String owner) throws SQLException {
    ProgressTable.Entry entry = following(table.lock(connection));
    requireOwn(entry, owner);
    nameSession(connection);
    return entry.progress().orElseThrow();
  }

  /** Under the row's lock: whoever holds that next finds the session, and can end it. */
  private void nameSession(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET application_name = " + Quoting.literal(applicationName()));
    }
  }

  private void requireOwn(ProgressTable.Entry entry, String owner) {
    if (!entry.owner().equals(owner)) {
      throw superseded("going on with applying to " + database, owner);
    }
  }

  /**
   * Ends the sessions of other appliers of this mirror, and waits until they are gone: what they
   * were committing has been committed or never will be.
   */
  void endSessions(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(END_SESSIONS)) {
      statement.setString(1, applicationName());
      statement.setLong(2, Pool.END_TIMEOUT.toMillis());
      try (ResultSet row = statement.executeQuery()) {
        if (row.next()) {
          throw new MirrorException.Transient(
              "a former applier's session (process "
                  + row.getInt(1)
                  + ") on "
                  + database
                  + " did not end within "
                  + Pool.END_TIMEOUT,
              null);
        }
      }
    }
  }

  private ProgressTable.Entry following(Optional<ProgressTable.Entry> row) {
    ProgressTable.Entry entry =
        row.orElseThrow(
            () ->
                new MirrorException.Held(
                    database + " has no progress row of mirror " + mirror,
                    "run `understudy init`"));
    return switch (entry.state()) {
      case FOLLOWING -> entry;
      case COPYING ->
          throw new MirrorException.Held(
              "the copy to " + database + " did not complete, or is under way",
              "wait for understudy init, or run it again");
      case SHUT ->
          throw new MirrorException.Held(
              database + " was the source, and is no standby yet",
              "it follows once understudy run has seen that it holds nothing more than the journal");
      case OPEN ->
          throw new MirrorException.Operator(
              database + " was opened for writing by a promotion and is no standby any more",
              "to make it a standby again: understudy init");
    };
  }

  private static MirrorException superseded(String what, String owner) {
    return new MirrorException.Superseded(
        what + ": this applier (" + owner + ") was superseded by another one");
  }
}
