package io.understudy.connectors.postgres;

import io.understudy.connectors.InitialCopy;
import io.understudy.connectors.LogEnd;
import io.understudy.connectors.Obstacle;
import io.understudy.connectors.Source;
import io.understudy.connectors.SourceIdentity;
import io.understudy.connectors.SourceLog;
import io.understudy.connectors.SourceSettings;
import io.understudy.connectors.debezium.LogHost;
import io.understudy.connectors.debezium.LogSettings;
import io.understudy.connectors.debezium.LoggedColumn;
import io.understudy.connectors.debezium.PostgresLog;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import io.understudy.journal.Position;
import io.understudy.journal.Relation;
import io.understudy.journal.TableName;
import io.understudy.journal.postgres.Lsn;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.postgresql.PGProperty;

/** A PostgreSQL server of version 14 or later as the source. */
final class PostgresSource implements Source {
  static final String ENGINE = "postgresql";

  /** Seconds without an answer after which Debezium's sessions are given up. */
  private static final String LOG_SOCKET_SECONDS = "30";

  private final SourceSettings settings;
  private final Names names;
  private final Address address;
  private final Failures failures;
  private final Control control;
  private final SlotKeeper slots;

  PostgresSource(MirrorName mirror, SourceSettings settings) {
    this.settings = settings;
    this.names = new Names(mirror);
    this.address = Address.of(settings.database());
    this.failures = new Failures(address);
    this.control = new Control(address, names.controlSession(), failures);
    this.slots = new SlotKeeper(names, address);
  }

  @Override
  public SourceIdentity identity() {
    return control.run("asking for the system identifier", this::identity);
  }

  private SourceIdentity identity(Connection connection) throws SQLException {
    String sql =
        """
        SELECT system_identifier::text, pg_is_in_recovery(),
               CASE WHEN NOT pg_is_in_recovery()
                    THEN ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::bigint
               END
          FROM pg_control_system()
        """;
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet row = statement.executeQuery()) {
      row.next();
      if (row.getBoolean(2)) {
        throw new MirrorException.Operator(
            address + " is a standby of another server (in recovery)",
            "name its primary as the source");
      }
      return new SourceIdentity(ENGINE, row.getString(1), row.getLong(3), names.slot());
    }
  }

  @Override
  public LogEnd logEnd() {
    return control.run(
        "asking for the end of the log",
        connection -> {
          String sql = "SELECT pg_current_wal_lsn()::text, clock_timestamp()";
          try (PreparedStatement statement = connection.prepareStatement(sql);
              ResultSet row = statement.executeQuery()) {
            row.next();
            return new LogEnd(
                Lsn.parse(row.getString(1)), row.getObject(2, OffsetDateTime.class).toInstant());
          }
        });
  }

  @Override
  public SourceLog open(SourceIdentity expected, Position after) {
    Lsn tail = (Lsn) after;
    control.run(
        "checking slot " + names.slot(),
        connection -> {
          requireSame(expected, identity(connection));
          requireNotBefore(connection, tail);
          if (!new Publication(names.publication()).exists(connection)) {
            throw new MirrorException.Operator(
                "publication " + names.publication() + " on " + address + " is gone",
                "make the mirror anew, which copies the rows once more: understudy init --again");
          }
          slots.requireReadable(connection, tail);
          return null;
        });
    return PostgresLog.open(logSettings(), tail, new Host(tail));
  }

  private void requireSame(SourceIdentity expected, SourceIdentity found) {
    if (!expected.equals(found)) {
      throw new MirrorException.Operator(
          address
              + " is not the source that the journal was made from: "
              + difference(expected, found),
          "name the right server, or begin anew with this one: understudy init --again");
    }
  }

  private static String difference(SourceIdentity expected, SourceIdentity found) {
    if (!expected.system().equals(found.system())) {
      return "system identifier " + found.system() + " instead of " + expected.system();
    }
    if (expected.timeline() != found.timeline()) {
      return "timeline " + found.timeline() + " instead of " + expected.timeline();
    }
    return found + " instead of " + expected;
  }

  private void requireNotBefore(Connection connection, Lsn tail) throws SQLException {
    try (PreparedStatement statement =
            connection.prepareStatement("SELECT pg_current_wal_insert_lsn()::text");
        ResultSet row = statement.executeQuery()) {
      row.next();
      Lsn end = Lsn.parse(row.getString(1));
      if (tail.isAfter(end)) {
        throw new MirrorException.Invariant(
            address
                + " went back in time: its log ends at "
                + end
                + ", the journal's tail is "
                + tail,
            "if it was restored from a backup, begin anew: understudy init --again");
      }
    }
  }

  private LogSettings logSettings() {
    Map<String, String> properties = new TreeMap<>(address.properties());
    properties.putIfAbsent(PGProperty.SOCKET_TIMEOUT.getName(), LOG_SOCKET_SECONDS);
    return new LogSettings(
        names.readerSession(),
        names.slot(),
        names.publication(),
        address.server(),
        address.database(),
        address.user(),
        address.password(),
        properties,
        settings.tables(),
        settings.maxBatchChanges(),
        settings.maxBatchBytes());
  }

  @Override
  public void beat() {
    control.run(
        "writing a heartbeat",
        connection -> {
          String sql = "SELECT pg_logical_emit_message(true, ?, '')";
          try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, names.beat());
            statement.execute();
          }
          return null;
        });
  }

  @Override
  public boolean hasReader() {
    return control.run(
        "looking for the reader's session",
        connection -> Slot.find(connection, names.slot()).filter(Slot::isActive).isPresent());
  }

  @Override
  public List<Relation> tables() {
    return control.run(
        "listing tables", connection -> Catalog.tables(connection, settings.tables()));
  }

  @Override
  public List<Obstacle> obstacles() {
    return control.run(
        "checking",
        connection -> new Preflight(names, address, settings.tables()).obstacles(connection));
  }

  @Override
  public InitialCopy prepare() {
    List<Obstacle> obstacles = obstacles();
    if (!obstacles.isEmpty()) {
      Obstacle first = obstacles.get(0);
      throw new MirrorException.Operator(
          "preparing "
              + address
              + " is not possible: "
              + first.object()
              + " "
              + first.problem()
              + (obstacles.size() > 1 ? " (and " + (obstacles.size() - 1) + " more)" : ""),
          first.remedy() + (obstacles.size() > 1 ? "; understudy init lists all" : ""));
    }
    return new Preparation(names, address, settings.tables(), control, failures).run();
  }

  @Override
  public void forget() {
    control.run(
        "removing slot and publication",
        connection -> {
          slots.drop(connection, true);
          new Publication(names.publication()).drop(connection);
          return null;
        });
  }

  @Override
  public void close() {
    control.close();
  }

  private final class Host implements LogHost {
    private final Lsn tail;

    private Host(Lsn tail) {
      this.tail = tail;
    }

    @Override
    public Relation relation(TableName table, List<LoggedColumn> columns) {
      return control.run(
          "looking up table " + table, connection -> Catalog.logged(connection, table, columns));
    }

    @Override
    public void holdingSlot() {
      control.run(
          "checking slot " + names.slot(),
          connection -> {
            slots.requireNoGap(connection, tail);
            return null;
          });
    }

    @Override
    public MirrorException failure(String operation, Throwable cause) {
      return failures.of(operation, cause);
    }
  }
}
