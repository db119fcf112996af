package io.understudy.applier.postgres;

import io.understudy.applier.Difference;
import io.understudy.applier.Progress;
import io.understudy.applier.Standby;
import io.understudy.applier.StandbySession;
import io.understudy.journal.Column;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.DatabaseSettings;
import io.understudy.journal.Epoch;
import io.understudy.journal.MirrorName;
import io.understudy.journal.Relation;
import io.understudy.journal.Sequence;
import io.understudy.journal.TableName;
import io.understudy.journal.postgres.Lsn;
import io.understudy.testkit.PostgresServer;
import io.understudy.testkit.TcpProxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** A database of its own on a test server, and the product's view of it as a standby. */
final class StandbyDatabase implements AutoCloseable {
  static final MirrorName MIRROR = new MirrorName("shop");

  private static final AtomicInteger COUNT = new AtomicInteger();

  private final PostgresServer server;
  private final String name;
  private final Standby standby;

  private StandbyDatabase(PostgresServer server, String name, String user, String url) {
    this.server = server;
    this.name = name;
    this.standby =
        Standby.of(
            MIRROR,
            new DatabaseSettings(
                new DatabaseName("south"), url, user, server.password(), Map.of()));
  }

  /** A new database with the tables that {@code ddl} makes. */
  static StandbyDatabase create(PostgresServer server, String ddl) throws SQLException {
    String name = "standby_" + COUNT.incrementAndGet();
    server.createDatabase(name);
    StandbyDatabase database =
        new StandbyDatabase(server, name, PostgresServer.USER, server.jdbcUrl(name));
    database.execute(ddl);
    return database;
  }

  Standby standby() {
    return standby;
  }

  /** Another process' view of the same database. */
  StandbyDatabase another() {
    return as(PostgresServer.USER);
  }

  /** The view of another role. */
  StandbyDatabase as(String user) {
    return new StandbyDatabase(server, name, user, server.jdbcUrl(name));
  }

  /** The view of a process that connects by a port of its own. */
  StandbyDatabase through(TcpProxy proxy) {
    return new StandbyDatabase(
        server,
        name,
        PostgresServer.USER,
        "jdbc:postgresql://" + proxy.host() + ":" + proxy.port() + "/" + name);
  }

  String name() {
    return name;
  }

  /** A standby that was filled, with nothing; its tables keep the rows that they have. */
  StandbySession follow(String owner) {
    standby.prepare();
    standby.beginCopy(List.of());
    standby.endCopy(at(0));
    return standby.takeOver(owner);
  }

  static Progress at(long sequence) {
    return new Progress(
        Epoch.FIRST,
        new Sequence(sequence),
        new Lsn(1000 + sequence),
        Instant.ofEpochSecond(1_700_000_000 + sequence, 123_456_000),
        "topic",
        2 * sequence);
  }

  Connection connect() throws SQLException {
    return server.connect(name);
  }

  /** Runs statements as an administrator, whom read-only does not hold off. */
  void execute(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET default_transaction_read_only = off");
      statement.execute(sql);
    }
  }

  /** The rows of a query, columns joined by {@code |}, NULL as {@code ~}. */
  List<String> query(String sql) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      int width = row.getMetaData().getColumnCount();
      while (row.next()) {
        List<String> values = new ArrayList<>();
        for (int i = 1; i <= width; i++) {
          values.add(row.getString(i) == null ? "~" : row.getString(i));
        }
        rows.add(String.join("|", values));
      }
    }
    return rows;
  }

  String value(String sql) throws SQLException {
    return query(sql).get(0);
  }

  /** A table of schema public as the catalog describes it; its primary key is the key. */
  Relation relation(String table) throws SQLException {
    String sql =
        """
        SELECT a.attname, format_type(a.atttypid, a.atttypmod),
               EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = a.attrelid AND i.indisprimary
                        AND a.attnum = ANY (i.indkey))
          FROM pg_attribute a
         WHERE a.attrelid = 'public.%s'::regclass AND a.attnum > 0 AND NOT a.attisdropped
           AND a.attgenerated = ''
         ORDER BY a.attnum"""
            .formatted(table);
    List<Column> columns = new ArrayList<>();
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      while (row.next()) {
        columns.add(new Column(row.getString(1), row.getString(2), row.getBoolean(3)));
      }
    }
    return new Relation(new TableName("public", table), columns);
  }

  /** The sentences for people. */
  List<String> differences(List<Relation> tables) {
    return standby.differences(tables).stream().map(Difference::sentence).toList();
  }

  @Override
  public void close() {
    standby.close();
  }
}
