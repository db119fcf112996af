package io.understudy.connectors.mysql;

import static org.awaitility.Awaitility.await;

import io.understudy.connectors.CopyPart;
import io.understudy.connectors.InitialCopy;
import io.understudy.connectors.LogReader;
import io.understudy.connectors.SchemaChanges;
import io.understudy.connectors.Source;
import io.understudy.connectors.SourceSettings;
import io.understudy.connectors.TablePatterns;
import io.understudy.journal.Change;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.DatabaseSettings;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import io.understudy.journal.Position;
import io.understudy.journal.Relation;
import io.understudy.journal.RowForm;
import io.understudy.testkit.MysqlServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A database of its own on a running server, the mirror's source on it, and a session of an
 * ordinary client. Closing it removes what the source made.
 */
final class SourceRig implements AutoCloseable {
  private static final AtomicInteger COUNT = new AtomicInteger();

  final MysqlServer server;
  final String database;
  final HeldHistory history = new HeldHistory();
  final Source source;
  private Connection client;

  private SourceRig(MysqlServer server, String database, String user) {
    this.server = server;
    this.database = database;
    this.source = source(server.jdbcUrl(database), user);
  }

  /** With the given tables, made before the source is looked at. */
  static SourceRig with(MysqlServer server, String... ddl) throws SQLException {
    return as(server.user(), server, ddl);
  }

  /** With the source logged in as another user, who has the server's password. */
  static SourceRig as(String user, MysqlServer server, String... ddl) throws SQLException {
    String database = "rig" + COUNT.incrementAndGet();
    server.createDatabase(database);
    SourceRig rig = new SourceRig(server, database, user);
    rig.reconnect();
    rig.sql(ddl);
    return rig;
  }

  /** Another source of the same mirror. */
  Source source(String url, String user) {
    return new MysqlEngine()
        .source(
            new MirrorName(database),
            new SourceSettings(
                new DatabaseSettings(
                    new DatabaseName("north"), url, user, server.password(), Map.of()),
                new TablePatterns(List.of(database + ".*"), List.of()),
                LogReader.NATIVE,
                SchemaChanges.IGNORE,
                500,
                4 << 20,
                64 << 20,
                history));
  }

  void reconnect() throws SQLException {
    client = server.connect(database);
    sql("SET NAMES utf8mb4, sql_mode = 'ALLOW_INVALID_DATES', time_zone = '+00:00'");
  }

  Connection client() {
    return client;
  }

  void sql(String... statements) throws SQLException {
    try (Statement statement = client.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** The first column of the first row. */
  String ask(String query) throws SQLException {
    return column(query).get(0);
  }

  /** The first column. */
  List<String> column(String query) throws SQLException {
    try (Statement statement = client.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      List<String> values = new ArrayList<>();
      while (row.next()) {
        values.add(row.getString(1));
      }
      return values;
    }
  }

  Relation relation(String table) {
    return source.tables().stream()
        .filter(relation -> relation.table().table().equals(table))
        .findFirst()
        .orElseThrow();
  }

  /** Until the source is reached again: sessions that the pool kept may be dead. */
  void awaitBack() {
    await()
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptionsInstanceOf(MirrorException.Transient.class)
        .until(
            () -> {
              source.beat();
              return true;
            });
  }

  /** Copies nothing. */
  Position prepare() {
    try (InitialCopy copy = source.prepare(1)) {
      return copy.position();
    }
  }

  static List<String> lines(InitialCopy copy, Relation table) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    copy.copy(CopyPart.whole(table, 0), RowForm.TEXT, out);
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }

  LogTap open(Position after) {
    return new LogTap(source.open(source.identity(), after));
  }

  /** The transactions committed since {@code after}, without those that changed nothing. */
  List<Transaction> readFrom(Position after) throws InterruptedException {
    try (LogTap log = open(after)) {
      return readOn(log);
    }
  }

  /** What {@code log} holds up to now, without transactions that changed nothing. */
  List<Transaction> readOn(LogTap log) throws InterruptedException {
    Position end = end();
    source.beat();
    return log.readPast(end).stream().filter(t -> !t.changes().isEmpty()).toList();
  }

  /** All changes committed since {@code after}, of all transactions. */
  List<Change> changesFrom(Position after) throws InterruptedException {
    List<Change> changes = new ArrayList<>();
    readFrom(after).forEach(transaction -> changes.addAll(transaction.changes()));
    return changes;
  }

  Position end() {
    return source.logEnd().position();
  }

  @Override
  public void close() throws SQLException {
    try (source;
        Connection session = client) {
      if (server.isRunning() && session.isValid(5)) {
        source.forget();
        sql("DROP DATABASE " + database);
      }
    }
  }
}
