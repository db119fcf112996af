package io.understudy.applier.postgres;

import io.understudy.applier.CopyStart;
import io.understudy.applier.CopyState;
import io.understudy.applier.Progress;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import io.understudy.journal.Position;
import io.understudy.journal.Relation;
import io.understudy.journal.RowForm;
import io.understudy.journal.TableName;
import io.understudy.journal.postgres.BinaryRows;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Fills a standby that nobody applies to meanwhile. Whoever began last may write; what an earlier
 * one still sends is refused.
 */
final class StandbyFilling {
  /** The planner reads a sample of each large table. */
  private static final Duration ANALYZE_TIMEOUT = Duration.ofHours(1);

  private final MirrorName mirror;
  private final DatabaseName database;
  private final Pool pool;
  private final Failures failures;
  private final ProgressTable table;
  private final CopiedTables copied;
  private final LaterStatements later;
  private final HeldChanges held;
  private final DumpedSchema dumped;
  private final Ownership ownership;

  /** Names this object as the one that fills the database. */
  private final String copier = "init " + UUID.randomUUID();

  StandbyFilling(
      MirrorName mirror,
      DatabaseName database,
      Pool pool,
      Failures failures,
      ProgressTable table,
      CopiedTables copied,
      Ownership ownership) {
    this.mirror = mirror;
    this.database = database;
    this.pool = pool;
    this.failures = failures;
    this.table = table;
    this.copied = copied;
    this.later = new LaterStatements(mirror);
    this.held = new HeldChanges(mirror);
    this.dumped = new DumpedSchema(mirror);
    this.ownership = ownership;
  }

  Optional<CopyState> state() {
    return pool.inTransaction(
        "reading how far the copy came", connection -> table.copyState(connection, copied));
  }

  void beginSchema() {
    pool.inTransaction(
        "beginning to make the schema",
        connection -> {
          endSchemaSessions(connection);
          table.beginCopy(connection, copier);
          table.setOwnSchema(connection);
          return null;
        });
  }

  void rememberSchema(byte[] archive) {
    String operation = "remembering the schema";
    pool.inTransaction(
        operation,
        connection -> {
          requireOwn(connection, operation);
          dumped.put(connection, archive);
          return null;
        });
  }

  Optional<byte[]> rememberedSchema() {
    return pool.inTransaction("reading the schema of an interrupted copy", dumped::read);
  }

  /** The programs of an earlier init may have outlived it. */
  private void endSchemaSessions(Connection connection) throws SQLException {
    String sql =
        "SELECT pg_terminate_backend(pid, ?) FROM pg_stat_activity"
            + " WHERE datname = current_database() AND application_name = ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setLong(1, Pool.END_TIMEOUT.toMillis());
      statement.setString(2, "understudy " + mirror + " schema");
      statement.execute();
    }
  }

  /**
   * @param start for another one that may have to go on; empty if none can
   */
  void begin(List<Relation> tables, Optional<CopyStart> start) {
    pool.inTransaction(
        "emptying tables for the copy",
        connection -> {
          begin(connection);
          table.setStart(connection, start);
          copied.clear(connection);
          held.clear(connection);
          new ToldSequences(mirror).clear(connection);
          new WithheldRows(mirror).clear(connection);
          InitialFill.empty(connection, tables);
          return null;
        });
  }

  void goOn(List<Relation> tables) {
    pool.inTransaction(
        "emptying tables that were not copied to the end",
        connection -> {
          begin(connection);
          Set<TableName> complete = copied.read(connection).keySet();
          InitialFill.empty(
              connection,
              tables.stream().filter(relation -> !complete.contains(relation.table())).toList());
          return null;
        });
  }

  private void begin(Connection connection) throws SQLException {
    table.beginCopy(connection, copier);
    ReadOnly.holdOthersOff(connection, database);
    ownership.endSessions(connection);
  }

  void completeTable(TableName name, Position position) {
    String operation = "completing the copy of table " + name;
    pool.inTransaction(
        operation,
        connection -> {
          requireOwn(connection, operation);
          copied.add(connection, name, position);
          return null;
        });
  }

  void completeSchema(Position position) {
    String operation = "completing the schema";
    pool.inTransaction(
        operation,
        connection -> {
          requireOwn(connection, operation);
          copied.put(connection, CopiedTables.SCHEMA, position);
          return null;
        });
  }

  void later(List<String> scripts) {
    pool.inTransaction(
        "remembering what is to be made later",
        connection -> {
          requireOwn(connection, "remembering what is to be made later");
          later.replace(connection, scripts);
          return null;
        });
  }

  void analyze(Relation relation) {
    pool.inTransaction(
        "analyzing table " + relation.table(),
        connection -> {
          Pool.setTimeout(connection, ANALYZE_TIMEOUT);
          try (Statement statement = connection.createStatement()) {
            statement.execute("ANALYZE " + InitialFill.place(connection, relation));
          }
          return null;
        });
  }

  /** Of a table that has the columns' types exactly. */
  Optional<String> binaryForm(Relation relation) {
    return pool.inTransaction(
        "looking for the types of table " + relation.table(),
        connection -> {
          Optional<StandbyTable> there = StandbyTable.of(connection, relation);
          return there.isPresent() && Comparison.of(database, relation, there).isEmpty()
              ? BinaryRows.form(connection, relation)
              : Optional.empty();
        });
  }

  long copyIn(Relation relation, RowForm form, InputStream rows) throws IOException {
    String operation = "copy into " + relation.table();
    try (Connection connection = pool.open()) {
      try {
        requireOwn(connection, operation);
        long count = InitialFill.copy(connection, relation, form, rows);
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

  void end(Progress progress) {
    pool.inTransaction(
        "completing the copy",
        connection -> {
          if (!table.completeCopy(connection, copier, progress)) {
            throw superseded("completing the copy");
          }
          dumped.clear(connection);
          ReadOnly.holdOthersOff(connection, database);
          return null;
        });
  }

  private void requireOwn(Connection connection, String operation) throws SQLException {
    if (!table.holdCopy(connection, copier)) {
      throw superseded(operation);
    }
  }

  private MirrorException superseded(String operation) {
    return new MirrorException.Superseded(
        database + ": " + operation + ": another `init` began to fill this database");
  }
}
