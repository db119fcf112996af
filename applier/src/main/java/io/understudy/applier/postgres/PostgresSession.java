package io.understudy.applier.postgres;

import io.understudy.applier.HeldChange;
import io.understudy.applier.Lifeline;
import io.understudy.applier.Progress;
import io.understudy.applier.Refusals;
import io.understudy.applier.StandbySession;
import io.understudy.applier.Targets;
import io.understudy.applier.Withheld;
import io.understudy.journal.Change;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.Ddl;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import io.understudy.journal.Position;
import io.understudy.journal.TableName;
import io.understudy.journal.VerificationId;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.postgresql.jdbc.PgConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The applier's session on a PostgreSQL standby. Changes are run as a {@link Plan} first; if that
 * collides with a constraint they are run again, one by one in the source's order.
 */
final class PostgresSession implements StandbySession {
  private static final Logger log = LoggerFactory.getLogger(PostgresSession.class);

  private final MirrorName mirror;
  private final DatabaseName database;
  private final Connection connection;
  private final Pool pool;
  private final Failures failures;
  private final ProgressTable table;
  private final String owner;
  private final Map<TableName, Position> copied;
  private final LaterStatements later;
  private final HeldChanges held;
  private final ToldSequences sequences;
  private final WithheldRows withheldRows;
  private final Optional<Withheld> withheld;
  private final Set<TableName> notSet = new HashSet<>();
  private final SchemaReplay schema;
  private final Targets<StandbyTable, Target> targets;
  private final Execution execution;
  private final InOrder inOrder;
  private final Lifeline lifeline;
  private Progress progress;
  private boolean open;

  /** In the open transaction. */
  private boolean schemaChanged;

  /**
   * @param connection belongs to this session from here on
   */
  PostgresSession(
      MirrorName mirror,
      DatabaseName database,
      Connection connection,
      Pool pool,
      Failures failures,
      ProgressTable table,
      String owner,
      Progress progress,
      Map<TableName, Position> copied,
      LaterStatements later,
      HeldChanges held,
      ToldSequences sequences,
      WithheldRows withheldRows,
      Optional<Withheld> withheld,
      Map<HeldChanges.Place, HeldChange.Way> decisions) {
    this.mirror = mirror;
    this.database = database;
    this.connection = connection;
    this.pool = pool;
    this.failures = failures;
    this.table = table;
    this.owner = owner;
    this.progress = progress;
    this.copied = copied;
    this.later = later;
    this.held = held;
    this.sequences = sequences;
    this.withheldRows = withheldRows;
    this.withheld = withheld;
    this.schema = new SchemaReplay(database, connection, failures, decisions);
    Refusals refusals = new Refusals(database);
    this.targets = new Targets<>(database, new StandbyCatalog(database, connection));
    this.execution = new Execution(connection, failures, refusals, targets);
    this.inOrder = new InOrder(connection, failures, refusals, targets, execution);
    this.lifeline = new Lifeline(database.toString(), pool::answers, this::abort);
  }

  @Override
  public Progress progress() {
    return progress;
  }

  @Override
  public Map<TableName, Position> copied() {
    Map<TableName, Position> tables = new HashMap<>(copied);
    tables.remove(CopiedTables.SCHEMA);
    return tables;
  }

  @Override
  public Optional<Position> schemaAt() {
    return Optional.ofNullable(copied.get(CopiedTables.SCHEMA));
  }

  @Override
  public void completeCopy() {
    long made = 0;
    try (Connection apart = pool.apart()) {
      apart.setAutoCommit(false);
      apart.setNetworkTimeout(Runnable::run, 0); // a foreign key is checked against all rows
      try (Statement statement = apart.createStatement()) {
        statement.execute("SET statement_timeout = 0");
      }
      apart.commit();
      while (later.runNext(apart, database, owner)) {
        apart.commit();
        made++;
      }
      new CopiedTables(mirror).remove(apart, copied);
      apart.commit();
    } catch (SQLException e) {
      throw failures.of("completing the schema after the copy", e);
    }
    if (made > 0) {
      log.info("database={} schema completed after the copy, {} parts", database, made);
    }
  }

  @Override
  public Optional<Withheld> withheld() {
    return withheld;
  }

  @Override
  public void release() {
    try {
      for (int part : withheldRows.parts(connection)) {
        apply(withheldRows.rows(connection, part));
      }
      open = true;
      withheldRows.clear(connection);
    } catch (SQLException e) {
      throw failures.of("putting in the rows that were withheld", e);
    }
  }

  @Override
  public void apply(List<Change> changes) {
    if (changes.isEmpty()) {
      return;
    }
    lifeline.busy();
    try {
      int from = 0;
      for (int i = 0; i < changes.size(); i++) {
        if (changes.get(i) instanceof Change.SchemaChange change) {
          applyRun(changes.subList(from, i));
          applySchema(change.ddl());
          from = i + 1;
        }
      }
      applyRun(changes.subList(from, changes.size()));
    } catch (SQLException e) {
      throw failures.of("applying changes", e);
    } catch (SchemaReplay.HeldException e) {
      throw hold(e);
    } finally {
      lifeline.idle();
    }
  }

  /** Changes of one schema. Where sequences stand is no matter of rows. */
  private void applyRun(List<Change> changes) throws SQLException {
    List<Change.SequenceValue> values =
        changes.stream()
            .filter(Change.SequenceValue.class::isInstance)
            .map(Change.SequenceValue.class::cast)
            .toList();
    if (values.isEmpty()) {
      applyRows(changes);
      return;
    }
    applyRows(changes.stream().filter(c -> !(c instanceof Change.SequenceValue)).toList());
    open = true;
    sequences.apply(connection, values, progress.commitTime()).forEach(this::warnOnce);
  }

  private void warnOnce(TableName sequence, ToldSequences.Outcome outcome) {
    if (notSet.add(sequence)) {
      log.warn(
          "database={} sequence {} is not set to where it stands on the source: {}",
          database,
          sequence,
          outcome.why());
    }
  }

  private void applyRows(List<Change> changes) throws SQLException {
    if (inOrder.underWay()) {
      inOrder.run(changes);
    } else if (!changes.isEmpty()) {
      applyPlanned(changes);
    }
  }

  private void applySchema(Ddl ddl) throws SQLException, SchemaReplay.HeldException {
    inOrder.requireSettled();
    open = true;
    schemaChanged = true;
    schema.run(ddl, progress.sequence().next());
    targets.forget();
  }

  /** Nothing of the transaction stays; what holds it is written down beside it. */
  private MirrorException hold(SchemaReplay.HeldException e) {
    rollback();
    pool.inTransaction(
        "writing down what holds the mirror",
        other -> {
          if (!table.isOwned(other, owner)) {
            throw superseded();
          }
          held.add(other, e.place(), e.ddl(), e.getMessage());
          return null;
        });
    return ApplierHold.held(
        database, e.place().sequence(), e.ddl().tag(), e.ddl().text(), e.getMessage());
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
        throw superseded();
      }
      if (schemaChanged) {
        held.clearUpTo(connection, next.sequence());
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

  private MirrorException superseded() {
    return new MirrorException.Superseded(
        "applying to "
            + database
            + " behind sequence "
            + progress.sequence()
            + ": this applier ("
            + owner
            + ") was superseded, the progress row is not its own any more");
  }

  @Override
  public void repair(VerificationId id) {
    if (open) {
      throw new IllegalStateException("a repair inside another transaction");
    }
    lifeline.busy();
    try {
      open = true;
      for (Sheet sheet : new LaidOut(id).sheets(connection)) {
        sheet.repair(connection);
      }
      PostgresRendezvous.notify(connection, mirror, "repaired " + id);
    } catch (SQLException e) {
      MirrorException failure = failures.of("repairing rows for verification " + id, e);
      rollback();
      if (failure instanceof MirrorException.Transient) {
        throw failure;
      }
      refuse(id, failure); // the verifier's matter; the replay is as it was
      return;
    } finally {
      lifeline.idle();
    }
    commit(progress);
  }

  private void refuse(VerificationId id, MirrorException failure) {
    pool.inTransaction(
        "refusing the repair of verification " + id,
        other -> {
          PostgresRendezvous.notify(
              other, mirror, "refused " + id + " " + shortened(failure.getMessage()));
          return null;
        });
  }

  /** What a notification can hold. */
  private static String shortened(String message) {
    return message.substring(0, Math.min(message.length(), 1500));
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
    if (schemaChanged) {
      targets.forget(); // the change may have been undone
      schemaChanged = false;
    }
    schema.forget();
    inOrder.forget();
    execution.forget();
  }
}
