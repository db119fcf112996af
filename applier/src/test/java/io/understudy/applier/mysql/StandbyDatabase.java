package io.understudy.applier.mysql;

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
import io.understudy.journal.TableRules;
import io.understudy.journal.mysql.BinlogPoint;
import io.understudy.journal.mysql.MySqlPosition;
import io.understudy.testkit.MysqlProduct;
import io.understudy.testkit.MysqlServer;
import io.understudy.testkit.TcpProxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A database of its own on a test server, and the product's view of it as a standby. Databases on
 * one server are standbys of mirrors of one name.
 */
final class StandbyDatabase implements AutoCloseable {
  static final MirrorName MIRROR = new MirrorName("shop");

  private static final AtomicInteger COUNT = new AtomicInteger();

  private final MysqlServer server;
  private final String name;
  private final boolean owner;
  private final Standby standby;

  private StandbyDatabase(MysqlServer server, String name, String user, String url, boolean owner) {
    this.server = server;
    this.name = name;
    this.owner = owner;
    this.standby =
        Standby.of(
            MIRROR,
            new DatabaseSettings(
                new DatabaseName("south"), url, user, server.password(), Map.of()));
  }

  /** A new database with the tables that {@code ddl} makes. */
  static StandbyDatabase create(MysqlProduct product, String ddl) throws SQLException {
    return create(OneServer.of(product), ddl);
  }

  static StandbyDatabase create(MysqlServer server, String ddl) throws SQLException {
    return create(server, nextName(), ddl);
  }

  static String nextName() {
    return "standby_" + COUNT.incrementAndGet();
  }

  static StandbyDatabase create(MysqlServer server, String name, String ddl) throws SQLException {
    server.createDatabase(name);
    StandbyDatabase database =
        new StandbyDatabase(server, name, server.user(), server.jdbcUrl(name), true);
    database.execute(ddl);
    return database;
  }

  Standby standby() {
    return standby;
  }

  /** Another process' view of the same database. */
  StandbyDatabase another() {
    return as(server.user());
  }

  /** The view of another user, whose password is the same. */
  StandbyDatabase as(String user) {
    return new StandbyDatabase(server, name, user, server.jdbcUrl(name), false);
  }

  /** The view of a process that connects by a port of its own. */
  StandbyDatabase through(TcpProxy proxy) {
    String url =
        server.product().jdbcScheme() + "//" + proxy.host() + ":" + proxy.port() + "/" + name;
    return new StandbyDatabase(server, name, server.user(), url, false);
  }

  String name() {
    return name;
  }

  /** A standby that was filled, with nothing; its tables keep the rows that they have. */
  StandbySession follow(String applier) {
    standby.prepare();
    standby.beginCopy(List.of());
    standby.endCopy(at(0));
    return standby.takeOver(applier);
  }

  static Progress at(long sequence) {
    return new Progress(
        Epoch.FIRST,
        new Sequence(sequence),
        position(1000 + sequence),
        Instant.ofEpochSecond(1_700_000_000 + sequence, 123_456_000),
        "topic",
        2 * sequence);
  }

  static MySqlPosition position(long offset) {
    return new MySqlPosition(new BinlogPoint("binlog.000001", offset), Optional.empty());
  }

  Connection connect() throws SQLException {
    return server.connect(name);
  }

  /** Runs statements as an administrator, whom read-only does not hold off. */
  void execute(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET SESSION time_zone = '+00:00', SESSION sql_mode = 'STRICT_ALL_TABLES'");
      for (String one : sql.split(";", -1)) {
        if (!one.isBlank()) {
          statement.execute(one);
        }
      }
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

  /** Where this standby's progress row is, for a WHERE clause. */
  String ours() {
    return "mirror = 'shop' AND home = '" + name + "'";
  }

  /** A table as the catalog describes it; its primary key is the key. */
  Relation relation(String table) throws SQLException {
    List<Column> columns = new ArrayList<>();
    try (Connection connection = connect();
        PreparedStatement statement =
            connection.prepareStatement(
                "SELECT column_name, concat(column_type, coalesce(concat(' CHARACTER SET ',"
                    + " character_set_name, ' COLLATE ', collation_name), '')), column_key = 'PRI'"
                    + " FROM information_schema.columns WHERE table_schema = ? AND table_name = ?"
                    + " AND coalesce(generation_expression, '') = '' ORDER BY ordinal_position")) {
      statement.setString(1, name);
      statement.setString(2, table);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          columns.add(new Column(row.getString(1), row.getString(2), row.getBoolean(3)));
        }
      }
    }
    return new Relation(new TableName(name, table), columns);
  }

  /** The sentences for people. */
  List<String> differences(List<Relation> tables) {
    return standby.differences(tables).stream().map(Difference::sentence).toList();
  }

  List<String> differences(List<Relation> tables, List<TableRules> rules) {
    return standby.differences(tables, rules).stream().map(Difference::sentence).toList();
  }

  @Override
  public void close() throws SQLException {
    standby.close();
    if (owner && server.isRunning()) {
      execute("DROP DATABASE " + name);
      if (!query("SHOW DATABASES LIKE 'understudy'", null).isEmpty()) {
        withoutDatabase("DELETE FROM understudy.mirror WHERE " + ours());
      }
    }
  }

  private List<String> query(String sql, String database) throws SQLException {
    try (Connection connection = database == null ? server.connect() : server.connect(database);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      List<String> rows = new ArrayList<>();
      while (row.next()) {
        rows.add(row.getString(1));
      }
      return rows;
    }
  }

  private void withoutDatabase(String sql) throws SQLException {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
