package io.understudy.applier.mysql;

import io.understudy.applier.Progress;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Who may apply to a standby. The role is taken by writing one's name into the progress row, and
 * held as long as it stands there. A take-over whose outcome got lost is repeated only while the
 * row names the same former owner, so that it cannot undo a later one.
 */
final class Ownership {
  private static final int NO_SUCH_THREAD = 1094;

  private final MirrorName mirror;
  private final DatabaseName database;
  private final ProgressTable table;
  private final Map<String, String> ownerBefore = new HashMap<>();

  Ownership(MirrorName mirror, DatabaseName database, ProgressTable table) {
    this.mirror = mirror;
    this.database = database;
    this.table = table;
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
    return entry.progress().orElseThrow();
  }

  private void requireOwn(ProgressTable.Entry entry, String owner) {
    if (!entry.owner().equals(owner)) {
      throw superseded("going on with applying to " + database, owner);
    }
  }

  /**
   * Ends the session of another applier of this mirror, if there is one, waits until it is gone,
   * and marks the connection as the applier's, until it ends or {@link #release}: what the other
   * one was committing has been committed or never will be. The mark is one of the server's locks
   * with a name, which tells the session of its holder.
   */
  void seize(Connection connection) throws SQLException {
    String lock = lock(connection);
    Optional<String> holder = Rows.value(connection, "SELECT is_used_lock(?)", lock);
    String own = Rows.value(connection, "SELECT connection_id()").orElseThrow();
    if (holder.isPresent() && !holder.get().equals(own)) {
      kill(connection, holder.get());
    }
    String got =
        Rows.value(connection, "SELECT get_lock(?, " + Pool.END_TIMEOUT.toSeconds() + ")", lock)
            .orElse("0");
    if (!got.equals("1")) {
      throw new MirrorException.Transient(
          "a former applier's session"
              + holder.map(id -> " (connection " + id + ")").orElse("")
              + " on "
              + database
              + " did not end within "
              + Pool.END_TIMEOUT,
          null);
    }
  }

  private static void kill(Connection connection, String session) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("KILL " + Long.parseLong(session));
    } catch (SQLException e) {
      if (e.getErrorCode() != NO_SUCH_THREAD) {
        throw e;
      }
    }
  }

  /** Takes the mark of {@link #seize} off a connection that goes on with other things. */
  void release(Connection connection) throws SQLException {
    Rows.value(connection, "SELECT release_lock(?)", lock(connection));
  }

  private String lock(Connection connection) throws SQLException {
    return lock(mirror.value(), Rows.value(connection, "SELECT database()").orElse(""));
  }

  /** One a row of the table. Names of locks have at most 64 characters, and know no case. */
  static String lock(String mirror, String home) {
    byte[] row = (mirror + '\n' + home).getBytes(StandardCharsets.UTF_8);
    return "understudy applier " + UUID.nameUUIDFromBytes(row);
  }

  private ProgressTable.Entry following(Optional<ProgressTable.Entry> row) {
    ProgressTable.Entry entry =
        row.orElseThrow(
            () ->
                new MirrorException.Operator(
                    database + " has no progress row of mirror " + mirror,
                    "run `understudy init`"));
    return switch (entry.state()) {
      case FOLLOWING -> entry;
      case COPYING ->
          throw new MirrorException.Operator(
              "the copy to " + database + " did not complete", "run `understudy init` again");
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
