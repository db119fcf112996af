package io.understudy.connectors.mysql;

import io.understudy.connectors.InitialCopy;
import io.understudy.connectors.LogEnd;
import io.understudy.connectors.Obstacle;
import io.understudy.connectors.Source;
import io.understudy.connectors.SourceIdentity;
import io.understudy.connectors.SourceLog;
import io.understudy.connectors.SourceSettings;
import io.understudy.connectors.binlog.BinlogLog;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import io.understudy.journal.Position;
import io.understudy.journal.Relation;
import io.understudy.journal.TableRules;
import io.understudy.journal.mysql.CatalogRules;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/**
 * A server of MySQL or MariaDB as the source. Its log is always opened by file and offset, with
 * GTIDs or without; they say whether it is still the same log. Any number of readers may read it
 * and none writes, so that a former reader's session is left to end by itself: the journal has
 * fenced it.
 */
final class MysqlSource implements Source {
  private final SourceSettings settings;
  private final Address address;
  private final Failures failures;
  private final Control control;
  private final OwnTables own;
  private final ServerLog serverLog;
  private volatile long session = -1;

  MysqlSource(MirrorName mirror, SourceSettings settings) {
    this.settings = settings;
    this.address = Address.of(settings.database());
    this.failures = new Failures(address);
    this.control = new Control(mirror, address, failures);
    this.own = new OwnTables(mirror, address);
    this.serverLog = new ServerLog(address);
  }

  @Override
  public SourceIdentity identity() {
    return control.run("asking who the server is", own::identity);
  }

  @Override
  public LogEnd logEnd() {
    return control.run(
        "asking for the end of the log",
        connection -> {
          Position end = serverLog.end(connection);
          String now = Sql.value(connection, "SELECT utc_timestamp(6)");
          return new LogEnd(
              end, LocalDateTime.parse(now.replace(' ', 'T')).toInstant(ZoneOffset.UTC));
        });
  }

  @Override
  public SourceLog open(SourceIdentity expected, Position after) {
    boolean foldsNames =
        control.run(
            "checking the log",
            connection -> {
              own.requireSame(connection, expected);
              serverLog.requireReadable(connection, after);
              return foldsNames(connection);
            });
    Shapes shapes =
        new Shapes(address, settings.tables(), settings.history(), serverLog, own, control);
    List<Relation> tables =
        shapes.at(
            after,
            position ->
                log(position, MirroredTables.unknown(settings.tables(), foldsNames, failures)));
    BinlogLog log = log(after, new MirroredTables(settings.tables(), tables, foldsNames, failures));
    session = log.session();
    return log;
  }

  private BinlogLog log(Position after, MirroredTables tables) {
    try {
      return BinlogLog.open(
          address.log(),
          address.product().point(after),
          address.product().whereabouts(after),
          settings.maxBatchChanges(),
          settings.maxBatchBytes(),
          tables);
    } catch (SQLException e) {
      throw failures.of("opening the binary log", e);
    }
  }

  /**
   * Whether names of tables mean the same in upper and lower case, as they may stand in the log.
   */
  private static boolean foldsNames(Connection connection) throws SQLException {
    return !Sql.value(connection, "SELECT @@global.lower_case_table_names").equals("0");
  }

  @Override
  public void beat() {
    control.run(
        "writing a heartbeat",
        connection -> {
          own.beat(connection);
          return null;
        });
  }

  @Override
  public boolean hasReader() {
    return control.run(
        "looking for the reader's session",
        connection ->
            // A user sees its own sessions without any privilege.
            Sql.rows(connection, "SHOW PROCESSLIST").stream()
                .anyMatch(
                    row ->
                        row.get("id").equals(Long.toString(session))
                            && row.get("command").startsWith("Binlog Dump")));
  }

  @Override
  public List<Relation> tables() {
    return control.run(
        "listing tables", connection -> Catalog.tables(connection, settings.tables()));
  }

  @Override
  public List<TableRules> rules() {
    return control.run(
        "listing the rules of tables",
        connection -> {
          List<TableRules> rules = new ArrayList<>();
          for (Relation table : Catalog.tables(connection, settings.tables())) {
            rules.add(
                new TableRules(table.table(), CatalogRules.of(connection, table.table()).keySet()));
          }
          return rules;
        });
  }

  @Override
  public List<Obstacle> obstacles() {
    return control.run(
        "checking",
        connection -> new Preflight(address, serverLog, settings.tables()).obstacles(connection));
  }

  @Override
  public InitialCopy prepare(int sessions) {
    List<Obstacle> obstacles = obstacles();
    if (!obstacles.isEmpty()) {
      Obstacle first = obstacles.get(0);
      throw new MirrorException.Operator(
          "preparing "
              + address
              + " is not possible: "
              + first.sentence()
              + (obstacles.size() > 1 ? " (and " + (obstacles.size() - 1) + " more)" : ""),
          first.remedy() + (obstacles.size() > 1 ? "; understudy init lists all" : ""));
    }
    control.run(
        "making database " + Catalog.OWN,
        connection -> {
          own.ensure(connection);
          return null;
        });
    return new Preparation(address, settings.tables(), settings.history(), serverLog, failures)
        .run();
  }

  @Override
  public void forget() {
    control.run(
        "removing what was made in database " + Catalog.OWN,
        connection -> {
          own.drop(connection);
          return null;
        });
  }

  @Override
  public void close() {
    control.close();
  }
}
