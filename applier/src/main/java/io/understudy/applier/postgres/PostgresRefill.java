package io.understudy.applier.postgres;

import io.understudy.applier.HeldChange;
import io.understudy.applier.Progress;
import io.understudy.applier.Refill;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Position;
import io.understudy.journal.Relation;
import io.understudy.journal.RowForm;
import io.understudy.journal.postgres.Quoting;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Holds the progress row locked from beginning to end: no applier can begin or commit meanwhile.
 * The session's name tells appliers why, so that they need not run into the lock.
 */
final class PostgresRefill implements Refill {
  private static final String REFERENCED =
      """
      SELECT EXISTS (
        SELECT 1 FROM pg_constraint
         WHERE contype = 'f' AND confrelid = ?::regclass AND conrelid <> confrelid)""";

  private final DatabaseName database;
  private final Pool pool;
  private final Connection connection;
  private final Failures failures;
  private final CopiedTables copied;
  private final Progress progress;

  private PostgresRefill(
      DatabaseName database,
      Pool pool,
      Connection connection,
      Failures failures,
      CopiedTables copied,
      Progress progress) {
    this.database = database;
    this.pool = pool;
    this.connection = connection;
    this.failures = failures;
    this.copied = copied;
    this.progress = progress;
  }

  static PostgresRefill begin(
      DatabaseName database,
      Pool pool,
      Failures failures,
      Ownership ownership,
      CopiedTables copied,
      HeldChanges held) {
    Connection connection = null;
    try {
      connection = pool.open();
      // A copy takes as long as its rows take to come; TCP notices a server that is gone.
      connection.setNetworkTimeout(Runnable::run, 0);
      try (Statement statement = connection.createStatement()) {
        statement.execute(
            "SET application_name = "
                + Quoting.literal(ownership.refillName())
                + "; SET statement_timeout = 0");
      }
      connection.commit();
      Progress progress = ownership.hold(connection);
      ownership.endSessions(connection);
      requireNoneWaits(database, held.waiting(connection));
      return new PostgresRefill(database, pool, connection, failures, copied, progress);
    } catch (SQLException e) {
      discard(pool, connection);
      throw failures.of("holding the applier of " + database, e);
    } catch (RuntimeException e) {
      discard(pool, connection);
      throw e;
    }
  }

  private static void requireNoneWaits(DatabaseName database, Optional<HeldChange> waiting) {
    if (waiting.isPresent()) {
      throw new MirrorException.Refused(
          database + " waits in front of a schema change: " + waiting.get().text(),
          "decide about it first: understudy status, understudy resume");
    }
  }

  @Override
  public Progress progress() {
    return progress;
  }

  @Override
  public void empty(List<Relation> tables) {
    try {
      List<Relation> truncated = new ArrayList<>();
      for (Relation table : tables) {
        String place = requireOwnPlace(table);
        if (isReferenced(place)) {
          delete(place);
        } else {
          truncated.add(table);
        }
      }
      InitialFill.empty(connection, truncated);
    } catch (SQLException e) {
      throw failures.of("emptying tables for the copy", e);
    }
  }

  private String requireOwnPlace(Relation table) throws SQLException {
    String place = InitialFill.place(connection, table);
    if (!place.equals(Quoting.name(table.table()))) {
      throw new MirrorException.Operator(
          database + " has no partition " + table.table() + ": its rows are among others there",
          "give the table the source's partitions, or copy all tables: understudy init --again");
    }
    return place;
  }

  /** The server truncates no table that a foreign key refers to, not even for a replica. */
  private boolean isReferenced(String place) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(REFERENCED)) {
      statement.setString(1, place);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getBoolean(1);
      }
    }
  }

  private void delete(String place) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      InitialFill.asReplica(statement);
      statement.execute("DELETE FROM ONLY " + place);
    }
  }

  @Override
  public long copyIn(Relation table, InputStream rows) throws IOException {
    try {
      return InitialFill.copy(connection, table, RowForm.TEXT, rows);
    } catch (SQLException e) {
      throw failures.of("copy into " + table.table(), e);
    }
  }

  @Override
  public void complete(List<Relation> tables, Position moment) {
    try {
      for (Relation table : tables) {
        copied.put(connection, table.table(), moment);
        try (Statement statement = connection.createStatement()) {
          statement.execute("ANALYZE " + InitialFill.place(connection, table));
        }
      }
      // Copying goes without; this is what nothing may get lost of.
      try (Statement statement = connection.createStatement()) {
        statement.execute("SET LOCAL synchronous_commit TO DEFAULT");
      }
      connection.commit();
    } catch (SQLException e) {
      throw failures.of("completing the copy", e);
    }
  }

  @Override
  public void close() {
    discard(pool, connection); // the server undoes what its session did not commit
  }

  private static void discard(Pool pool, Connection connection) {
    if (connection != null) {
      pool.discard(connection);
    }
  }
}
