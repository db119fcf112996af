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
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.postgresql.PGProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A PostgreSQL server of version 14 or later as the source. */
final class PostgresSource implements Source {
  private static final Logger log = LoggerFactory.getLogger(PostgresSource.class);

  /** Seconds without an answer after which Debezium's sessions are given up. */
  private static final String LOG_SOCKET_SECONDS = "30";

  private final SourceSettings settings;
  private final Names names;
  private final Address address;
  private final Failures failures;
  private final Control control;
  private final History history;
  private final SlotKeeper slots;

  PostgresSource(MirrorName mirror, SourceSettings settings) {
    this.settings = settings;
    this.names = new Names(mirror);
    this.address = Address.of(settings.database());
    this.failures = new Failures(address);
    this.control = new Control(address, names.controlSession(), failures);
    this.history = new History(names, address);
    this.slots = new SlotKeeper(names, address);
  }

  @Override
  public SourceIdentity identity() {
    return control.run("asking for the system identifier", history::identity);
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
          history.requireSame(connection, expected);
          history.requireHas(connection, tail);
          requirePublication(connection);
          slots.requireReadable(connection, tail);
          return null;
        });
    return PostgresLog.open(logSettings(), tail, new Host(tail));
  }

  private void requirePublication(Connection connection) throws SQLException {
    Publication publication = new Publication(names.publication());
    if (!publication.publishesAll(connection)) {
      throw new MirrorException.Operator(
          "publication "
              + names.publication()
              + " on "
              + address
              + " is gone, or does not publish all kinds of changes any more",
          "make the mirror anew, which copies the rows once more: understudy init --again");
    }
    List<TableName> unread = unpublished(connection);
    if (!unread.isEmpty()) {
      log.warn(
          "tables {} match the include patterns but are not in publication {}: they are not"
              + " mirrored until init is run again",
          unread,
          names.publication());
    }
  }

  /** Tables that match, but came after the publication. */
  private List<TableName> unpublished(Connection connection) throws SQLException {
    Set<TableName> published = new Publication(names.publication()).published(connection);
    return Catalog.tables(connection, settings.tables()).stream()
        .map(Relation::table)
        .filter(table -> !published.contains(table))
        .toList();
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
    List<Obstacle> obstacles = new ArrayList<>(preflight());
    obstacles.addAll(
        control.run(
            "checking for tables that are not read",
            connection ->
                Slot.find(connection, names.slot()).isEmpty()
                    ? List.of()
                    : unpublished(connection).stream().map(this::unread).toList()));
    return obstacles;
  }

  private Obstacle unread(TableName table) {
    return new Obstacle(
        "table " + table,
        "is not in publication " + names.publication() + ", its changes are not read",
        "make the mirror anew, understudy init --again, or exclude the table");
  }

  /** What would stand in the way of preparing. */
  private List<Obstacle> preflight() {
    return control.run(
        "checking",
        connection -> new Preflight(names, address, settings.tables()).obstacles(connection));
  }

  @Override
  public InitialCopy prepare() {
    List<Obstacle> obstacles = preflight();
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
          try (Statement statement = connection.createStatement()) {
            // A former source is one that others only read.
            statement.execute("SET default_transaction_read_only = off");
          }
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
