package io.understudy.applier.postgres;

import io.understudy.applier.Difference;
import io.understudy.applier.Gate;
import io.understudy.applier.Mandate;
import io.understudy.applier.Progress;
import io.understudy.applier.Return;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Opens and shuts a PostgreSQL database. Who was the last to do so stands in the progress row,
 * which is locked before the setting is changed, in the same transaction.
 */
final class PostgresGate implements Gate {
  private final MirrorName mirror;
  private final DatabaseName database;
  private final Pool pool;
  private final ProgressTable table;
  private final CopiedTables copied;
  private final HeldChanges held;
  private final ToldSequences sequences;
  private final WithheldRows withheld;
  private final Ownership ownership;
  private final Failures failures;

  PostgresGate(
      MirrorName mirror,
      DatabaseName database,
      Pool pool,
      ProgressTable table,
      CopiedTables copied,
      HeldChanges held,
      ToldSequences sequences,
      Ownership ownership,
      Failures failures) {
    this.mirror = mirror;
    this.database = database;
    this.pool = pool;
    this.table = table;
    this.copied = copied;
    this.held = held;
    this.sequences = sequences;
    this.withheld = new WithheldRows(mirror);
    this.ownership = ownership;
    this.failures = failures;
  }

  @Override
  public List<Difference> obstacles() {
    return pool.inTransaction("asking what may be done to " + database, Sessions::obstacles);
  }

  @Override
  public List<Difference> exempt() {
    return pool.inTransaction("asking who may write to " + database, Exempt::find);
  }

  @Override
  public String shut(Mandate mandate, Duration limit) {
    String operation = "shutting " + database;
    try (Connection connection = pool.open()) {
      try {
        table.create(connection);
        table.makeSource(connection, mandate.owner());
        requireMandate(connection, mandate, operation);
        table.own(connection, mandate.owner(), ProgressTable.State.SHUT);
        if (!ReadOnly.isOn(connection)) {
          ReadOnly.turnOn(connection);
        }
        connection.commit();
        int ended = Sessions.endEarlier(connection, database.value(), limit);
        List<String> prepared = Sessions.prepared(connection);
        String exempt = Exempt.said(connection);
        connection.commit();
        if (!prepared.isEmpty()) {
          throw new MirrorException.Operator(
              database
                  + " has prepared transactions, which may be committed at any time: "
                  + prepared,
              "commit them or roll them back: COMMIT PREPARED, ROLLBACK PREPARED");
        }
        return database + " lets others only read; sessions ended: " + ended + exempt;
      } catch (SQLException | RuntimeException e) {
        Pool.rollback(connection, e);
        throw e;
      }
    } catch (SQLException e) {
      throw failures.of(operation, e);
    }
  }

  @Override
  public boolean isShut() {
    return pool.inTransaction(
        "asking whether " + database + " is shut",
        connection -> {
          Pool.expectAnswer(connection);
          return ReadOnly.isOn(connection)
              && table
                  .read(connection)
                  .filter(entry -> entry.state() == ProgressTable.State.SHUT)
                  .isPresent();
        });
  }

  @Override
  public void reopen(Mandate mandate) {
    pool.inTransaction(
        "opening " + database + " again",
        connection -> {
          Optional<ProgressTable.Entry> entry = table.lock(connection);
          if (entry.isEmpty() || entry.get().state() == ProgressTable.State.OPEN) {
            return null;
          }
          requireMandate(connection, mandate, "opening " + database + " again");
          table.own(connection, mandate.owner(), ProgressTable.State.OPEN);
          ReadOnly.turnOff(connection);
          return null;
        });
  }

  /** The row is locked from here on. */
  private void requireMandate(Connection connection, Mandate mandate, String operation)
      throws SQLException {
    ProgressTable.Entry entry = table.lock(connection).orElseThrow();
    boolean standby =
        entry.state() == ProgressTable.State.FOLLOWING
            || entry.state() == ProgressTable.State.COPYING;
    boolean later =
        Mandate.of(entry.owner()).filter(other -> other.compareTo(mandate) > 0).isPresent();
    if (standby || later) {
      throw new MirrorException.Superseded(
          operation
              + " came too late: "
              + (standby ? "it is a standby" : "another process has decided about it since"));
    }
  }

  @Override
  public List<String> open(Progress at, boolean exact) {
    return pool.inTransaction(
        "opening " + database,
        connection -> {
          Pool.setTimeout(connection, PostgresStandby.SEQUENCES_TIMEOUT);
          ProgressTable.Entry entry = requireAt(connection, at);
          PostgresStandby.requireWhole(database, withheld.until(connection));
          List<String> done = new ArrayList<>();
          if (entry.state() != ProgressTable.State.OPEN) {
            table.own(connection, "nobody " + UUID.randomUUID(), ProgressTable.State.OPEN);
            ownership.endSessions(connection);
            done.addAll(
                exact
                    ? Sequences.settle(connection, sequences)
                    : Sequences.raise(connection, sequences, table.secondsBehind(connection)));
          }
          if (ReadOnly.isOn(connection)) {
            ReadOnly.turnOff(connection);
            done.add(database + " can be written to, in new sessions");
          }
          return done;
        });
  }

  private ProgressTable.Entry requireAt(Connection connection, Progress at) throws SQLException {
    Optional<ProgressTable.Entry> entry = table.lock(connection);
    boolean there =
        entry
            .flatMap(ProgressTable.Entry::progress)
            .filter(progress -> progress.offset() == at.offset())
            .filter(progress -> progress.topicId().equals(at.topicId()))
            .isPresent();
    boolean fit =
        there
            && (entry.get().state() == ProgressTable.State.FOLLOWING
                || entry.get().state() == ProgressTable.State.OPEN);
    if (!fit) {
      throw new MirrorException.Superseded(
          "opening "
              + database
              + " came too late: it does not stand at transaction "
              + at.sequence()
              + " any more");
    }
    return entry.get();
  }

  @Override
  public void follow(Progress at) {
    follow(at, connection -> {});
  }

  @Override
  public void comeBack(Return plan, Runnable lastLook) {
    follow(
        plan.at(),
        connection -> {
          Pool.setTimeout(connection, PostgresStandby.SEQUENCES_TIMEOUT);
          Homecoming homecoming = new Homecoming(database, connection, failures);
          homecoming.lock(plan);
          lastLook.run();
          homecoming.undo(plan);
          if (!plan.rows().isEmpty()) {
            withheld.add(connection, plan);
          }
        });
  }

  private interface Before {
    void follow(Connection connection) throws SQLException;
  }

  private void follow(Progress at, Before before) {
    pool.inTransaction(
        "making " + database + " a standby",
        connection -> {
          ProgressTable.Entry entry =
              table
                  .lock(connection)
                  .orElseThrow(
                      () ->
                          new MirrorException.Superseded(
                              database + " is not the source that was shut for mirror " + mirror));
          if (isPast(entry, at)) {
            return null;
          }
          if (entry.state() != ProgressTable.State.SHUT || !ReadOnly.isOn(connection)) {
            throw new MirrorException.Superseded(
                "making " + database + " a standby came too late: it is " + entry.state());
          }
          copied.clear(connection);
          held.clear(connection);
          sequences.clear(connection);
          withheld.clear(connection);
          before.follow(connection);
          table.follow(connection, "nobody " + UUID.randomUUID(), at);
          return null;
        });
  }

  private static boolean isPast(ProgressTable.Entry entry, Progress at) {
    return entry.state() == ProgressTable.State.FOLLOWING
        && entry
            .progress()
            .filter(progress -> progress.topicId().equals(at.topicId()))
            .filter(progress -> progress.offset() >= at.offset())
            .isPresent();
  }
}
