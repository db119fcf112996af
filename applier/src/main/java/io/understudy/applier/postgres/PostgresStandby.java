package io.understudy.applier.postgres;

import io.understudy.applier.CopyStart;
import io.understudy.applier.CopyState;
import io.understudy.applier.Difference;
import io.understudy.applier.Gate;
import io.understudy.applier.HeldChange;
import io.understudy.applier.Progress;
import io.understudy.applier.Refill;
import io.understudy.applier.Rendezvous;
import io.understudy.applier.Return;
import io.understudy.applier.Standby;
import io.understudy.applier.StandbySession;
import io.understudy.applier.Withheld;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.DatabaseProfile;
import io.understudy.journal.DatabaseSettings;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import io.understudy.journal.Position;
import io.understudy.journal.Relation;
import io.understudy.journal.RowForm;
import io.understudy.journal.Sequence;
import io.understudy.journal.TableName;
import io.understudy.journal.postgres.Profile;
import io.understudy.journal.postgres.Quoting;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/** A PostgreSQL database in the role of a standby; all state is in the database. */
final class PostgresStandby implements Standby {
  /** Finding the highest value of a column without an index reads its whole table. */
  static final Duration SEQUENCES_TIMEOUT = Duration.ofHours(1);

  private final MirrorName mirror;
  private final DatabaseName database;
  private final Failures failures;
  private final Pool pool;
  private final ProgressTable table;
  private final CopiedTables copied;
  private final LaterStatements later;
  private final HeldChanges held;
  private final ToldSequences sequences;
  private final WithheldRows withheld;
  private final Ownership ownership;
  private final StandbyFilling fill;
  private final ApplierHold hold;
  private final Rendezvous rendezvous;
  private final Gate gate;

  PostgresStandby(MirrorName mirror, DatabaseSettings settings) {
    this.mirror = mirror;
    this.database = settings.name();
    this.failures = new Failures(database, settings.user());
    this.pool = new Pool(mirror, settings, failures);
    this.table = new ProgressTable(mirror);
    this.copied = new CopiedTables(mirror);
    this.later = new LaterStatements(mirror);
    this.held = new HeldChanges(mirror);
    this.sequences = new ToldSequences(mirror);
    this.withheld = new WithheldRows(mirror);
    this.ownership = new Ownership(mirror, database, table);
    this.fill = new StandbyFilling(mirror, database, pool, failures, table, copied, ownership);
    this.hold = new ApplierHold(database, pool, held, ownership);
    this.rendezvous = new PostgresRendezvous(mirror, database, pool, table, failures);
    this.gate =
        new PostgresGate(
            mirror, database, pool, table, copied, held, sequences, ownership, failures);
  }

  @Override
  public List<Difference> differences(List<Relation> tables) {
    return pool.inTransaction(
        "comparing tables", connection -> Differences.of(database, connection, tables));
  }

  @Override
  public Optional<DatabaseProfile> profile() {
    return Optional.of(pool.inTransaction("asking what the database is like", Profile::of));
  }

  @Override
  public Optional<String> emptying(List<Relation> tables) {
    return Optional.of(
        tables.stream()
            .map(relation -> Quoting.name(relation.table()))
            .collect(Collectors.joining(", ", "TRUNCATE ", "")));
  }

  @Override
  public List<Relation> notEmpty(List<Relation> tables) {
    return pool.inTransaction(
        "looking for rows",
        connection -> {
          List<Relation> found = new ArrayList<>();
          for (Relation relation : tables) {
            // What is missing, or may not be looked into, is told of by differences().
            Optional<StandbyTable> table = StandbyTable.of(connection, relation);
            if (table.isPresent()
                && !table.get().hidesRows(connection)
                && !table.get().missingPrivileges(connection).contains("SELECT")
                && hasRows(connection, relation)) {
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
                "SELECT EXISTS (SELECT 1 FROM " + InitialFill.place(connection, relation) + ")")) {
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
  public boolean isBare() {
    return pool.inTransaction("looking for anything at all", Bare::isBare);
  }

  @Override
  public boolean wasOpened() {
    return entry()
        .filter(
            entry ->
                entry.state() == ProgressTable.State.OPEN
                    || entry.state() == ProgressTable.State.SHUT)
        .isPresent();
  }

  private Optional<ProgressTable.Entry> entry() {
    return pool.inTransaction("reading the progress row", table::read);
  }

  @Override
  public Optional<CopyState> copyState() {
    return fill.state();
  }

  @Override
  public void beginSchema() {
    fill.beginSchema();
  }

  @Override
  public void beginCopy(List<Relation> tables) {
    fill.begin(tables, Optional.empty());
  }

  @Override
  public void beginCopy(List<Relation> tables, CopyStart start) {
    fill.begin(tables, Optional.of(start));
  }

  @Override
  public void continueCopy(List<Relation> tables) {
    fill.goOn(tables);
  }

  @Override
  public void completeTable(Relation relation, Position position) {
    fill.completeTable(relation.table(), position);
  }

  @Override
  public void completeSchema(Position position) {
    fill.completeSchema(position);
  }

  @Override
  public void rememberSchema(byte[] archive) {
    fill.rememberSchema(archive);
  }

  @Override
  public Optional<byte[]> rememberedSchema() {
    return fill.rememberedSchema();
  }

  @Override
  public void later(List<String> scripts) {
    fill.later(scripts);
  }

  @Override
  public void analyze(Relation relation) {
    fill.analyze(relation);
  }

  @Override
  public Optional<String> binaryForm(Relation table) {
    return fill.binaryForm(table);
  }

  @Override
  public long copyIn(Relation relation, RowForm form, InputStream rows) throws IOException {
    return fill.copyIn(relation, form, rows);
  }

  @Override
  public void endCopy(Progress progress) {
    fill.end(progress);
  }

  @Override
  public Refill refill() {
    requireWhole(
        database,
        pool.inTransaction("asking what is withheld", withheld::until)); // it would come twice
    return PostgresRefill.begin(database, pool, failures, ownership, copied, held);
  }

  @Override
  public StandbySession takeOver(String owner) {
    return takeOver(owner, true);
  }

  @Override
  public StandbySession takeOverThoughPaused(String owner) {
    return takeOver(owner, false);
  }

  private StandbySession takeOver(String owner, boolean pausable) {
    return openSession(
        "taking over the applier of " + database,
        owner,
        pausable,
        connection -> {
          ownership.requireFollowing(connection);
          ownership.endSessions(connection);
          Progress progress = ownership.take(connection, owner);
          ReadOnly.holdOthersOff(connection, database);
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
        true,
        connection -> {
          ownership.requireOwn(connection, owner);
          ownership.endSessions(connection);
          return ownership.keep(connection, owner);
        });
  }

  private StandbySession openSession(
      String operation, String owner, boolean pausable, Pool.Work<Progress> begin) {
    Connection connection = null;
    try {
      connection = pool.open();
      hold.requireNoRefill(connection); // it would have to be waited for
      Progress progress = begin.on(connection);
      hold.requireNone(connection, pausable);
      Map<TableName, Position> ahead = copied.read(connection);
      Map<HeldChanges.Place, HeldChange.Way> decisions = held.decisions(connection);
      Optional<Withheld> rows = withheld.read(connection);
      connection.commit();
      try (Statement statement = connection.createStatement()) {
        statement.execute("SET session_replication_role = replica; SET synchronous_commit = off");
      }
      connection.commit();
      return new PostgresSession(
          mirror,
          database,
          connection,
          pool,
          failures,
          table,
          owner,
          progress,
          ahead,
          later,
          held,
          sequences,
          withheld,
          rows,
          decisions);
    } catch (SQLException e) {
      discard(connection);
      throw failures.of(operation, e);
    } catch (RuntimeException e) {
      discard(connection);
      throw e;
    }
  }

  @Override
  public Optional<HeldChange> heldChange() {
    return hold.change();
  }

  @Override
  public boolean decide(HeldChange change, HeldChange.Way way) {
    return hold.decide(change, way);
  }

  @Override
  public boolean isPaused() {
    return hold.isPaused();
  }

  @Override
  public boolean setPaused(boolean paused) {
    return hold.setPaused(paused);
  }

  private void discard(Connection connection) {
    if (connection != null) {
      pool.discard(connection);
    }
  }

  @Override
  public List<String> open() {
    return open(
        connection -> Sequences.raise(connection, sequences, table.secondsBehind(connection)));
  }

  @Override
  public List<String> openExactly() {
    return open(connection -> Sequences.settle(connection, sequences));
  }

  /**
   * @param moveSequences done once: clients may have come since
   */
  private List<String> open(Pool.Work<List<String>> moveSequences) {
    return pool.inTransaction(
        "opening for writing",
        connection -> {
          Pool.setTimeout(connection, SEQUENCES_TIMEOUT);
          requireOneMoment(connection);
          requireWhole(database, withheld.until(connection));
          Optional<ProgressTable.Entry> before = table.lock(connection);
          if (before.isPresent()) {
            table.own(connection, "nobody " + UUID.randomUUID(), ProgressTable.State.OPEN);
          }
          ownership.endSessions(connection);
          List<String> done = new ArrayList<>();
          if (before.filter(row -> row.state() == ProgressTable.State.OPEN).isEmpty()) {
            done.addAll(moveSequences.on(connection));
          }
          if (ReadOnly.isOn(connection)) {
            ReadOnly.turnOff(connection);
            done.add(database + " can be written to, in new sessions");
          }
          return done;
        });
  }

  @Override
  public Optional<Sequence> wholeFrom() {
    return pool.inTransaction(
        "asking what is withheld",
        connection -> withheld.until(connection).map(Return.Until::sequence));
  }

  static void requireWhole(DatabaseName database, Optional<Return.Until> withheld) {
    if (withheld.isPresent()) {
      throw new MirrorException.Refused(
          database
              + " came back as a standby a while ago, and is not whole before transaction "
              + withheld.get().sequence(),
          "let it follow up to there: understudy run");
    }
  }

  private void requireOneMoment(Connection connection) throws SQLException {
    Optional<Progress> progress = table.read(connection).flatMap(ProgressTable.Entry::progress);
    requireOneMoment(connection, progress.map(Progress::position));
  }

  private void requireOneMoment(Connection connection, Optional<Position> end) throws SQLException {
    for (Map.Entry<TableName, Position> copy : copied.read(connection).entrySet()) {
      if (end.isEmpty() || copy.getValue().isAfter(end.get())) {
        throw new MirrorException.Refused(
            database
                + " is not as the source ever was: table "
                + copy.getKey()
                + " was copied at "
                + copy.getValue().encoded()
                + ", the journal ends before",
            "copy anew from a source that lives: understudy init --again");
      }
    }
  }

  @Override
  public void requireOneMoment(Position end) {
    pool.inTransaction(
        "looking of what moment the tables are",
        connection -> {
          requireOneMoment(connection, Optional.of(end));
          return null;
        });
  }

  @Override
  public Optional<Gate> gate() {
    return Optional.of(gate);
  }

  @Override
  public Optional<Rendezvous> rendezvous() {
    return Optional.of(rendezvous);
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
