package io.understudy.applier.postgres;

import io.understudy.applier.Difference;
import io.understudy.journal.MirrorException;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Ends the sessions that began before the database was made read-only, all of them: the setting
 * holds for those that begin later. A session reads it while it starts, holding a lock on the
 * database, and shows in the server's list of sessions before it lets go of that lock. So one that
 * is in neither list just behind the setting's commit has read, or will read, the new value; and
 * both lists are open to every role.
 */
final class Sessions {
  private static final long LOOK_MILLIS = 5;

  private static final String STARTING =
      """
      SELECT DISTINCT pid FROM pg_locks
       WHERE locktype = 'object' AND classid = 'pg_database'::regclass
         AND objid = (SELECT oid FROM pg_database WHERE datname = current_database())
         AND pid <> pg_backend_pid()""";

  /** What has no user is the server's own; Understudy's sessions hold to its rules. */
  private static final String OTHERS =
      """
      SELECT a.pid, r.rolname, coalesce(a.application_name, ''),
             r.rolsuper AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
        FROM pg_stat_activity a JOIN pg_roles r ON r.oid = a.usesysid
       WHERE a.datname = current_database() AND a.pid <> pg_backend_pid()
         AND coalesce(a.backend_type, '') <> 'walsender'
         AND a.application_name NOT LIKE 'understudy %'
         AND a.application_name NOT LIKE 'understudy\\_%'""";

  private record Session(int pid, String user, String application, boolean beyondUs) {
    @Override
    public String toString() {
      return "process " + pid + " (user " + user + ", application '" + application + "')";
    }
  }

  private Sessions() {}

  /**
   * @param connection on which the setting was committed just before
   * @return how many sessions were ended
   */
  static int endEarlier(Connection connection, String database, Duration limit)
      throws SQLException {
    long deadline = System.nanoTime() + limit.toNanos();
    Set<Integer> earlier = starting(connection);
    others(connection).forEach(session -> earlier.add(session.pid()));
    Set<Integer> told = new HashSet<>();
    while (true) {
      Set<Integer> left = starting(connection);
      left.retainAll(earlier);
      for (Session session : others(connection)) {
        if (earlier.contains(session.pid())) {
          left.add(session.pid());
          if (told.add(session.pid())) {
            end(connection, database, session);
          }
        }
      }
      connection.commit(); // each look is at the sessions of that moment
      if (left.isEmpty()) {
        return told.size();
      }
      if (System.nanoTime() > deadline) {
        throw new MirrorException.Transient(
            "sessions on "
                + database
                + " did not end within "
                + limit.toSeconds()
                + " s, processes "
                + left,
            null);
      }
      pause();
    }
  }

  /** What would keep sessions from being ended, or write though they are. Changes nothing. */
  static List<Difference> obstacles(Connection connection) throws SQLException {
    List<Difference> found = new ArrayList<>();
    List<Session> beyondUs = others(connection).stream().filter(Session::beyondUs).toList();
    if (!beyondUs.isEmpty()) {
      found.add(
          new Difference(
              "sessions of superusers may not be ended by this role: " + beyondUs,
              "end them before, or let them use another database"));
    }
    List<String> prepared = prepared(connection);
    if (!prepared.isEmpty()) {
      found.add(
          new Difference(
              "prepared transactions may be committed at any time: " + prepared,
              "COMMIT PREPARED or ROLLBACK PREPARED"));
    }
    found.addAll(Exempt.find(connection));
    return found;
  }

  private static Set<Integer> starting(Connection connection) throws SQLException {
    Set<Integer> pids = new HashSet<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(STARTING)) {
      while (row.next()) {
        pids.add(row.getInt(1));
      }
    }
    return pids;
  }

  private static List<Session> others(Connection connection) throws SQLException {
    List<Session> sessions = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(OTHERS)) {
      while (row.next()) {
        sessions.add(
            new Session(row.getInt(1), row.getString(2), row.getString(3), row.getBoolean(4)));
      }
    }
    return sessions;
  }

  private static void end(Connection connection, String database, Session session)
      throws SQLException {
    if (session.beyondUs()) {
      throw new MirrorException.Operator(
          "a session of a superuser on " + database + " may not be ended: " + session,
          "end it first; Understudy's role is none, and may not");
    }
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT pg_terminate_backend(?)")) {
      statement.setInt(1, session.pid());
      statement.execute();
    }
  }

  /** Names of the prepared transactions: they outlive their sessions, and can be committed yet. */
  static List<String> prepared(Connection connection) throws SQLException {
    String sql =
        "SELECT coalesce(array_agg(gid), '{}') FROM pg_prepared_xacts"
            + " WHERE database = current_database()";
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      Array names = row.getArray(1);
      return List.of((String[]) names.getArray());
    }
  }

  private static void pause() {
    try {
      Thread.sleep(LOOK_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MirrorException.Transient("interrupted while sessions were being ended", e);
    }
  }
}
