package io.understudy.connectors.postgres;

import io.understudy.connectors.LogChange;
import io.understudy.connectors.LogEnd;
import io.understudy.connectors.LogEvent;
import io.understudy.connectors.TablePatterns;
import io.understudy.connectors.pgoutput.Backlog;
import io.understudy.connectors.slot.LogHost;
import io.understudy.connectors.slot.OwnMessages;
import io.understudy.connectors.slot.SlotSettings;
import io.understudy.journal.MirrorException;
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
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Publication, event triggers and slot of a standby that becomes the source. */
final class PostgresLogChange implements LogChange {
  private static final Logger log = LoggerFactory.getLogger(PostgresLogChange.class);

  /** Behind the last commit, even one that the server has not written to its disk yet. */
  private static final String END = "SELECT pg_current_wal_insert_lsn()::text, clock_timestamp()";

  /** Insert, update, delete, truncate: what a message of the plugin begins with. */
  private static final String BEHIND =
      """
      SELECT count(*) FROM (
        SELECT xid FROM pg_logical_slot_peek_binary_changes(?, NULL, NULL,
                          'proto_version', '1', 'publication_names', ?)
         GROUP BY xid
        HAVING bool_or(get_byte(data, 0) IN (73, 85, 68, 84)) AND max(lsn) > ?::pg_lsn) t""";

  /** By the time-outs of a lock, and of a statement. */
  private static final Set<String> WAITED = Set.of("55P03", "57014");

  private final Names names;
  private final Address address;
  private final TablePatterns patterns;
  private final boolean captures;
  private final Control control;
  private final SlotKeeper slots;
  private final SlotSettings settings;
  private final LogHost host;

  /**
   * @param settings of the slot, and {@code host} where it is, for reading it
   */
  PostgresLogChange(
      Names names,
      Address address,
      TablePatterns patterns,
      boolean captures,
      Control control,
      SlotKeeper slots,
      SlotSettings settings,
      LogHost host) {
    this.names = names;
    this.address = address;
    this.patterns = patterns;
    this.captures = captures;
    this.control = control;
    this.slots = slots;
    this.settings = settings;
    this.host = host;
  }

  @Override
  public void prepare() {
    control.run(
        "making the log fit to be read",
        connection -> {
          slots.requireNoneOfAnother(connection);
          // Before the slot: the plugin looks the publication up as it was at each change.
          publish(connection);
          new Seal(names).make(connection);
          capture(connection);
          if (Slot.find(connection, names.slot()).filter(slot -> slot.lost().isEmpty()).isEmpty()) {
            slots.drop(connection, true);
            makeSlot(connection);
          }
          return null;
        });
  }

  /** In one transaction: no change may come when it is not there. */
  private void publish(Connection connection) throws SQLException {
    List<TableName> tables =
        Catalog.tables(connection, patterns).stream().map(Relation::table).toList();
    connection.setAutoCommit(false);
    try {
      new Publication(names.publication()).ensure(connection, patterns, tables);
      connection.commit();
    } catch (SQLException e) {
      connection.rollback();
      if (!WAITED.contains(e.getSQLState())) {
        throw e;
      }
      throw waited("publication " + names.publication(), UnderWay.locking(connection), e);
    } finally {
      connection.setAutoCommit(true);
    }
  }

  private MirrorException waited(String made, String whom, SQLException cause) {
    return new MirrorException.Operator(
        "making " + made + " on " + address + " waited in vain for " + whom,
        "wait for them, or end them: SELECT pg_terminate_backend(PROCESS); then run the command"
            + " again",
        cause);
  }

  private void capture(Connection connection) throws SQLException {
    SchemaCapture capture = new SchemaCapture(names, address, patterns);
    if (!captures || capture.isInstalled(connection)) {
      return;
    }
    if (SchemaCapture.mayInstall(connection)) {
      capture.install(connection);
    } else {
      log.warn(
          "schema changes will not be in the journal: a superuser has to make the event triggers, see"
              + " understudy check");
    }
  }

  private void makeSlot(Connection connection) throws SQLException {
    try {
      createSlot(connection);
    } catch (SQLException e) {
      if (!WAITED.contains(e.getSQLState())) {
        throw e;
      }
      throw waited("slot " + names.slot(), UnderWay.oldest(connection), e);
    }
  }

  private void createSlot(Connection connection) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT pg_create_logical_replication_slot(?, 'pgoutput')")) {
      statement.setString(1, names.slot());
      statement.execute();
    }
  }

  @Override
  public LogEnd begin() {
    return control.run(
        "asking where the log stands",
        connection -> {
          publish(connection);
          try (Statement statement = connection.createStatement();
              ResultSet row = statement.executeQuery(END)) {
            row.next();
            return new LogEnd(
                Lsn.parse(row.getString(1)), row.getObject(2, OffsetDateTime.class).toInstant());
          }
        });
  }

  @Override
  public long transactionsBehind(Position position) {
    return control.run(
        "looking for what is not in the journal",
        connection -> {
          if (Slot.find(connection, names.slot()).isEmpty()) {
            throw new MirrorException.Operator(
                "the slot " + names.slot() + " is gone: what was committed last cannot be told",
                "copy this database anew: understudy init --again");
          }
          slots.seize(connection);
          try (PreparedStatement statement = connection.prepareStatement(BEHIND)) {
            statement.setString(1, names.slot());
            statement.setString(2, names.publication());
            statement.setString(3, ((Lsn) position).toString());
            try (ResultSet row = statement.executeQuery()) {
              row.next();
              return row.getLong(1);
            }
          }
        });
  }

  @Override
  public void read(Position position, Consumer<LogEvent> sink) throws InterruptedException {
    OwnMessages own =
        control.run(
            "looking for slot " + names.slot(),
            connection -> {
              slots.requireHolds(connection, (Lsn) position);
              return new Seal(names).open(connection);
            });
    try {
      Backlog.read(settings, own, (Lsn) position, host, sink);
    } catch (SQLException e) {
      throw host.failure("reading slot " + names.slot(), e);
    }
  }
}
