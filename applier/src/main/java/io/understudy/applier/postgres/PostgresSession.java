package io.understudy.applier.postgres;

import io.understudy.applier.Lifeline;
import io.understudy.applier.Progress;
import io.understudy.applier.Refusals;
import io.understudy.applier.StandbySession;
import io.understudy.applier.Targets;
import io.understudy.journal.Change;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.MirrorException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.List;
import org.postgresql.jdbc.PgConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The applier's session on a PostgreSQL standby. Changes are run as a {@link Plan} first; if that
 * collides with a constraint they are run again, one by one in the source's order.
 */
final class PostgresSession implements StandbySession {
  private static final Logger log = LoggerFactory.getLogger(PostgresSession.class);

  private final DatabaseName database;
  private final Connection connection;
  private final Pool pool;
  private final Failures failures;
  private final ProgressTable table;
  private final String owner;
  private final Execution execution;
  private final InOrder inOrder;
  private final Lifeline lifeline;
  private Progress progress;
  private boolean open;

  /**
   * @param connection belongs to this session from here on
   */
  PostgresSession(
      DatabaseName database,
      Connection connection,
      Pool pool,
      Failures failures,
      ProgressTable table,
      String owner,
      Progress progress) {
    this.database = database;
    this.connection = connection;
    this.pool = pool;
    this.failures = failures;
    this.table = table;
    this.owner = owner;
    this.progress = progress;
    Refusals refusals = new Refusals(database);
    Targets<StandbyTable, Target> targets =
        new Targets<>(database, new StandbyCatalog(database, connection));
    this.execution = new Execution(connection, failures, refusals, targets);
    this.inOrder = new InOrder(connection, failures, refusals, targets, execution);
    this.lifeline = new Lifeline(database.toString(), pool::answers, this::abort);
  }

  @Override
  public Progress progress() {
    return progress;
  }

  @Override
  public void apply(List<Change> changes) {
    if (changes.isEmpty()) {
      return;
    }
    lifeline.busy();
    try {
      if (inOrder.underWay()) {
        inOrder.run(changes);
      } else {
        applyPlanned(changes);
      }
    } catch (SQLException e) {
      throw failures.of("applying changes", e);
    } finally {
      lifeline.idle();
    }
  }

  private void applyPlanned(List<Change> changes) throws SQLException {
    Savepoint before = open ? connection.setSavepoint() : null;
    open = true;
    try {
      execution.run(Plan.of(changes));
      if (before != null) {
        connection.releaseSavepoint(before);
      }
    } catch (CollisionException e) {
      undo(before);
      open = true;
      inOrder.run(changes);
    }
  }

  @Override
  public void commit(Progress next) {
    lifeline.busy();
    try {
      inOrder.requireSettled();
      if (!table.advance(connection, owner, progress, next)) {
        rollback();
        throw new MirrorException.Superseded(
            "applying to "
                + database
                + " behind sequence "
                + progress.sequence()
                + ": this applier ("
                + owner
                + ") was superseded, the progress row is not its own any more");
      }
      connection.commit();
      ended();
      progress = next;
    } catch (SQLException e) {
      throw failures.of(
          "commit of sequence " + next.sequence() + " at " + next.position().encoded(), e);
    } finally {
      lifeline.idle();
    }
  }

  @Override
  public void rollback() {
    lifeline.busy();
    try {
      undo(null);
    } catch (SQLException e) {
      ended();
      pool.discard(connection); // the server undoes what its session did not commit
    } finally {
      lifeline.idle();
    }
  }

  @Override
  public void close() {
    lifeline.close();
    pool.discard(connection);
  }

  private void abort() {
    try {
      connection.unwrap(PgConnection.class).abort(Runnable::run);
    } catch (SQLException e) {
      log.warn("{}: the lost connection cannot be closed", database, e);
    }
  }

  /**
   * @param savepoint null for the whole transaction
   */
  private void undo(Savepoint savepoint) throws SQLException {
    if (savepoint == null) {
      connection.rollback();
      ended();
    } else {
      connection.rollback(savepoint);
    }
  }

  private void ended() {
    open = false;
    inOrder.forget();
  }
}
