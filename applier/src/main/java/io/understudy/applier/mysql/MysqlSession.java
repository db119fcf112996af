package io.understudy.applier.mysql;

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
import java.util.List;

/** The applier's session on a standby of MySQL or MariaDB. */
final class MysqlSession implements StandbySession {
  private final DatabaseName database;
  private final Connection connection;
  private final Pool pool;
  private final Failures failures;
  private final ProgressTable table;
  private final String owner;
  private final Lanes lanes;
  private final Execution execution;
  private final Lifeline lifeline;
  private Progress progress;

  /**
   * @param connection belongs to this session from here on
   */
  MysqlSession(
      DatabaseName database,
      Connection connection,
      Pool pool,
      Failures failures,
      ProgressTable table,
      String owner,
      Lanes lanes,
      Progress progress) {
    this.database = database;
    this.connection = connection;
    this.pool = pool;
    this.failures = failures;
    this.table = table;
    this.owner = owner;
    this.lanes = lanes;
    this.progress = progress;
    this.execution =
        new Execution(
            connection,
            failures,
            new Refusals(database),
            new Targets<>(database, new StandbyCatalog(database, connection)));
    this.lifeline = new Lifeline(database.toString(), pool::answers, () -> pool.abort(connection));
  }

  @Override
  public Progress progress() {
    return progress;
  }

  @Override
  public void apply(List<Change> changes) {
    lifeline.busy();
    try {
      execution.run(Plan.of(changes, lanes));
    } catch (SQLException e) {
      throw failures.of("applying changes", e);
    } finally {
      lifeline.idle();
    }
  }

  @Override
  public void commit(Progress next) {
    lifeline.busy();
    try {
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
      connection.rollback();
      execution.settle();
    } catch (SQLException | MirrorException e) {
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
}
