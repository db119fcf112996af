package io.understudy.connectors.postgres;

import static org.awaitility.Awaitility.await;

import io.understudy.connectors.InitialCopy;
import io.understudy.connectors.SchemaChanges;
import io.understudy.connectors.SchemaHistory;
import io.understudy.connectors.Source;
import io.understudy.connectors.SourceSettings;
import io.understudy.connectors.TablePatterns;
import io.understudy.journal.Change;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.DatabaseSettings;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import io.understudy.journal.postgres.Lsn;
import io.understudy.testkit.PostgresServer;
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
 * ordinary client. Closing it removes all of that: a server with many databases stops slowly.
 */
final class SourceRig implements AutoCloseable {
  private static final AtomicInteger COUNT = new AtomicInteger();

  final PostgresServer server;
  final String database;
  final Names names;
  final Connection client;
  final Source source;
  final List<String> ddl;

  private SourceRig(
      PostgresServer server, String database, Connection client, Source source, List<String> ddl) {
    this.server = server;
    this.database = database;
    this.names = new Names(new MirrorName(database));
    this.client = client;
    this.source = source;
    this.ddl = ddl;
  }

  /** With the given tables, made before the source is looked at. */
  static SourceRig with(PostgresServer server, String... ddl) throws SQLException {
    return with(Reading.STREAM, server, ddl);
  }

  static SourceRig with(Reading reading, PostgresServer server, String... ddl) throws SQLException {
    return matching(reading, server, new TablePatterns(List.of("*.*"), List.of()), ddl);
  }

  static SourceRig matching(
      Reading reading, PostgresServer server, TablePatterns patterns, String... ddl)
      throws SQLException {
    String database = "rig" + COUNT.incrementAndGet();
    server.createDatabase(database);
    Connection client = server.connect(database);
    SourceRig rig =
        new SourceRig(
            server,
            database,
            client,
            source(reading, server, database, patterns, PostgresServer.USER),
            List.of(ddl));
    for (String statement : ddl) {
      rig.sql(statement);
    }
    return rig;
  }

  static Source source(
      Reading reading,
      PostgresServer server,
      String database,
      TablePatterns patterns,
      String user) {
    return new PostgresEngine()
        .source(
            new MirrorName(database),
            new SourceSettings(
                new DatabaseSettings(
                    new DatabaseName("north"),
                    server.jdbcUrl(database),
                    user,
                    server.password(),
                    Map.of()),
                patterns,
                reading.reader,
                SchemaChanges.IGNORE,
                500,
                4 << 20,
                reading.biteBehind,
                SchemaHistory.NONE));
  }

  /** As another process would have it. */
  Source another(Reading reading) {
    return source(
        reading,
        server,
        database,
        new TablePatterns(List.of("*.*"), List.of()),
        PostgresServer.USER);
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
    try (Statement statement = client.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getString(1);
    }
  }

  /** Until the source is reached again: the sessions that it kept may be dead. */
  void awaitBack() {
    await()
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptionsInstanceOf(MirrorException.Transient.class)
        .until(
            () -> {
              source.beat();
              source.identity();
              return true;
            });
  }

  /** Makes slot and publication, and copies nothing. */
  Lsn prepare() {
    try (InitialCopy copy = source.prepare(1)) {
      return (Lsn) copy.position();
    }
  }

  LogTap open(Lsn after) {
    return new LogTap(source.open(source.identity(), after));
  }

  /** The transactions committed since {@code after}, without those that changed nothing. */
  List<Transaction> readFrom(Lsn after) throws InterruptedException {
    try (LogTap log = open(after)) {
      return readOn(log);
    }
  }

  /** What {@code log} holds up to now, without transactions that changed nothing. */
  List<Transaction> readOn(LogTap log) throws InterruptedException {
    Lsn end = end();
    source.beat();
    return log.readPast(end).stream().filter(t -> !t.changes().isEmpty()).toList();
  }

  /** All changes committed since {@code after}, of all transactions. */
  List<Change> changesFrom(Lsn after) throws InterruptedException {
    List<Change> changes = new ArrayList<>();
    readFrom(after).forEach(transaction -> changes.addAll(transaction.changes()));
    return changes;
  }

  Lsn end() {
    return (Lsn) source.logEnd().position();
  }

  Lsn confirmed() throws SQLException {
    return Lsn.parse(
        ask(
            "SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE slot_name = '"
                + names.slot()
                + "'"));
  }

  @Override
  public void close() throws SQLException {
    try (source;
        client) {
      source.forget();
    }
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("DROP DATABASE " + database + " WITH (FORCE)");
    }
  }
}
