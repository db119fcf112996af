package io.understudy.applier.postgres;

import io.understudy.applier.Progress;
import io.understudy.applier.Rendezvous.Repaired;
import io.understudy.applier.Rendezvous.Seat;
import io.understudy.applier.Rendezvous.StandbySnapshot;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import io.understudy.journal.TableName;
import io.understudy.journal.VerificationId;
import io.understudy.journal.postgres.Quoting;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** A verifier that is waited for: a session that holds the lock and listens. */
final class PostgresSeat implements Seat {
  private final MirrorName mirror;
  private final DatabaseName database;
  private final VerificationId id;
  private final Pool pool;
  private final ProgressTable table;
  private final Failures failures;
  private final Connection connection;
  private final LaidOut laidOut;

  private PostgresSeat(
      MirrorName mirror,
      DatabaseName database,
      VerificationId id,
      Pool pool,
      ProgressTable table,
      Failures failures,
      Connection connection) {
    this.mirror = mirror;
    this.database = database;
    this.id = id;
    this.pool = pool;
    this.table = table;
    this.failures = failures;
    this.connection = connection;
    this.laidOut = new LaidOut(id);
  }

  static PostgresSeat take(
      MirrorName mirror,
      DatabaseName database,
      VerificationId id,
      Pool pool,
      ProgressTable table,
      Failures failures)
      throws SQLException {
    Connection connection = pool.apart();
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET statement_timeout = 0");
      LaidOut.removeAbandoned(connection);
      statement.execute("LISTEN " + Quoting.name(PostgresRendezvous.channel(mirror)));
      statement.execute("SELECT pg_advisory_lock(" + id.value() + ")");
      return new PostgresSeat(mirror, database, id, pool, table, failures, connection);
    } catch (SQLException | RuntimeException e) {
      try (connection) {
        throw e;
      }
    }
  }

  @Override
  public Optional<StandbySnapshot> await(Duration timeout) {
    return word("shown", timeout).map(Snapshot::new);
  }

  @Override
  public Optional<List<Repaired>> awaitRepair(Duration timeout) {
    return word("repaired", timeout)
        .map(
            said -> {
              try {
                return laidOut.outcomes(connection);
              } catch (SQLException e) {
                throw failures.of("reading what was repaired on " + database, e);
              }
            });
  }

  /** What follows {@code what} in a notification for this verification. */
  private Optional<String> word(String what, Duration timeout) {
    String expected = what + " " + id;
    long deadline = System.nanoTime() + timeout.toNanos();
    try {
      PGConnection listening = connection.unwrap(PGConnection.class);
      do {
        long left = Math.max(1, (deadline - System.nanoTime()) / 1_000_000);
        for (PGNotification told : listening.getNotifications((int) Math.min(left, 1000))) {
          if (told.getParameter().startsWith(expected)) {
            return Optional.of(told.getParameter().substring(expected.length()).strip());
          }
          if (told.getParameter().startsWith("refused " + id)) {
            throw new MirrorException.Operator(
                told.getParameter().substring(("refused " + id).length()).strip(),
                "nothing was changed; remove what the server names, and verify again");
          }
        }
      } while (System.nanoTime() < deadline);
      return Optional.empty();
    } catch (SQLException e) {
      throw failures.of("waiting for the applier of " + database, e);
    }
  }

  @Override
  public void layOut(
      TableName target,
      List<String> columns,
      List<String> identity,
      List<String> hashed,
      List<List<String>> wanted,
      InputStream rows)
      throws IOException {
    try {
      laidOut.add(connection, target, columns, identity, hashed, wanted, rows);
    } catch (SQLException e) {
      throw failures.of("laying out rows of " + target + " on " + database, e);
    }
  }

  @Override
  public void close() {
    try (connection) {
      laidOut.remove(connection);
    } catch (SQLException e) {
      throw failures.of("ending verification " + id + " on " + database, e);
    }
  }

  /** The snapshot of that name. */
  private final class Snapshot implements StandbySnapshot {
    private final String name;
    private final Progress progress;

    Snapshot(String name) {
      this.name = name;
      try (Connection inside = open()) {
        this.progress =
            table
                .read(inside)
                .flatMap(ProgressTable.Entry::progress)
                .orElseThrow(
                    () ->
                        new MirrorException.Operator(
                            database + " has no progress row of mirror " + mirror,
                            "run `understudy init`"));
      } catch (SQLException e) {
        throw failures.of("reading the progress row of " + database, e);
      }
    }

    @Override
    public Progress progress() {
      return progress;
    }

    @Override
    public Connection open() throws SQLException {
      Connection inside = pool.apart();
      try {
        inside.setAutoCommit(false);
        inside.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        inside.setReadOnly(true);
        try (Statement statement = inside.createStatement()) {
          statement.execute("SET TRANSACTION SNAPSHOT " + Quoting.literal(name));
        }
        return inside;
      } catch (SQLException | RuntimeException e) {
        try (inside) {
          throw e;
        }
      }
    }
  }
}
