package io.understudy.applier.postgres;

import io.understudy.applier.Progress;
import io.understudy.applier.Standby;
import io.understudy.applier.StandbySession;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.DatabaseSettings;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import io.understudy.journal.Relation;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A PostgreSQL database in the role of a standby; all state is in the database. */
final class PostgresStandby implements Standby {
  private static final Logger log = LoggerFactory.getLogger(PostgresStandby.class);

  /** Finding the highest value of a column without an index reads its whole table. */
  private static final Duration SEQUENCES_TIMEOUT = Duration.ofHours(1);

  private final DatabaseName database;
  private final Failures failures;
  private final Pool pool;
  private final ProgressTable table;
  private final Ownership ownership;

  /** Names this object as the one that fills the database. */
  private final String copier = "init " + UUID.randomUUID();

  PostgresStandby(MirrorName mirror, DatabaseSettings settings) {
    this.database = settings.name();
    this.failures = new Failures(database, settings.user());
    this.pool = new Pool(mirror, settings, failures);
    this.table = new ProgressTable(mirror);
    this.ownership = new Ownership(mirror, database, table);
  }

  @Override
  public List<String> differences(List<Relation> tables) {
    return pool.inTransaction(
        "comparing tables", connection -> Differences.of(database, connection, tables));
  }

  @Override
  public List<Relation> notEmpty(List<Relation> tables) {
    return pool.inTransaction(
        "looking for rows",
        connection -> {
          List<Relation> found = new ArrayList<>();
          for (Relation relation : tables) {
            if (hasRows(connection, relation)) {
              found.add(relation);
            }
          }
          return found;
        });
  }

  private static boolean hasRows(Connection connection, Relation relation) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT EXISTS (SELECT 1 FROM " + Sql.name(relation.table()) + ")")) {
      row.next();
      return row.getBoolean(1);
    }
  }

  @Override
  public void prepare() {
    pool.inTransaction(
        "making table understudy.mirror",
        connection -> {
          table.create(connection);
          return null;
        });
  }

  @Override
  public Optional<Progress> progress() {
    return entry().flatMap(ProgressTable.Entry::progress);
  }

  @Override
  public boolean copyInterrupted() {
    return entry().filter(entry -> entry.state() == ProgressTable.State.COPYING).isPresent();
  }

  @Override
  public boolean wasOpened() {
    return entry().filter(entry -> entry.state() == ProgressTable.State.OPEN).isPresent();
  }

  private Optional<ProgressTable.Entry> entry() {
    return pool.inTransaction("reading the progress row", table::read);
  }

  @Override
  public void beginCopy(List<Relation> tables) {
    pool.inTransaction(
        "emptying tables for the copy",
        connection -> {
          table.beginCopy(connection, copier);
          holdOthersOff(connection);
          ownership.endSessions(connection);
          InitialFill.empty(connection, tables);
          return null;
        });
  }

  @Override
  public long copyIn(Relation relation, InputStream rows) throws IOException {
    String operation = "copy into " + relation.table();
    try (Connection connection = pool.open()) {
      try {
        if (!table.holdCopy(connection, copier)) {
          throw superseded(operation);
        }
        long count = InitialFill.copy(connection, relation, rows);
        connection.commit();
        return count;
      } catch (SQLException | IOException | RuntimeException e) {
        Pool.rollback(connection, e);
        throw e;
      }
    } catch (SQLException e) {
      throw failures.of(operation, e);
    }
  }

  @Override
  public void endCopy(Progress progress) {
    pool.inTransaction(
        "completing the copy",
        connection -> {
          if (!table.completeCopy(connection, copier, progress)) {
            throw superseded("completing the copy");
          }
          holdOthersOff(connection);
          return null;
        });
  }

  private MirrorException superseded(String operation) {
    return new MirrorException.Superseded(
        database + ": " + operation + ": another `init` began to fill this database");
  }

  @Override
  public StandbySession takeOver(String owner) {
    return openSession(
        "taking over the applier of " + database,
        owner,
        connection -> {
          ownership.requireFollowing(connection);
          ownership.endSessions(connection);
          Progress progress = ownership.take(connection, owner);
          holdOthersOff(connection);
          connection.commit();
          ownership.endSessions(connection);
          return progress;
        });
  }

  @Override
  public StandbySession resume(String owner) {
    return openSession(
        "going on with applying to " + database,
        owner,
        connection -> {
          ownership.requireOwn(connection, owner);
          ownership.endSessions(connection);
          return ownership.keep(connection, owner);
        });
  }

  private StandbySession openSession(String operation, String owner, Pool.Work<Progress> begin) {
    Connection connection = null;
    try {
      connection = pool.open();
      Progress progress = begin.on(connection);
      connection.commit();
      try (Statement statement = connection.createStatement()) {
        statement.execute(
            "SET application_name = "
                + Sql.literal(ownership.applicationName())
                + "; SET session_replication_role = replica; SET synchronous_commit = off");
      }
      connection.commit();
      return new PostgresSession(database, connection, pool, failures, table, owner, progress);
    } catch (SQLException e) {
      discard(connection);
      throw failures.of(operation, e);
    } catch (RuntimeException e) {
      discard(connection);
      throw e;
    }
  }

  private void discard(Connection connection) {
    if (connection != null) {
      pool.discard(connection);
    }
  }

  private void holdOthersOff(Connection connection) throws SQLException {
    if (!ReadOnly.isOn(connection)) {
      ReadOnly.turnOn(connection);
      connection.commit();
      long ended = ReadOnly.endEarlierSessions(connection);
      log.info("database={} is read-only now; ended {} sessions begun before", database, ended);
    }
  }

  @Override
  public List<String> open() {
    return pool.inTransaction(
        "opening for writing",
        connection -> {
          setTimeout(connection, SEQUENCES_TIMEOUT);
          if (table.lock(connection).isPresent()) {
            table.own(connection, "nobody " + UUID.randomUUID(), ProgressTable.State.OPEN);
          }
          ownership.endSessions(connection);
          List<String> done = new ArrayList<>(Sequences.raise(connection));
          if (ReadOnly.isOn(connection)) {
            ReadOnly.turnOff(connection);
            done.add(database + " can be written to, in new sessions");
          }
          return done;
        });
  }

  private static void setTimeout(Connection connection, Duration timeout) throws SQLException {
    connection.setNetworkTimeout(Runnable::run, (int) timeout.plusMinutes(1).toMillis());
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET LOCAL statement_timeout = " + timeout.toMillis());
    }
  }

  @Override
  public boolean isReadOnly() {
    return pool.inTransaction("asking whether it is read-only", ReadOnly::isOn);
  }

  @Override
  public void close() {
    pool.close();
  }
}
