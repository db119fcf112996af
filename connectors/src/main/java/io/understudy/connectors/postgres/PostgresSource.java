package io.understudy.connectors.postgres;

import io.understudy.connectors.InitialCopy;
import io.understudy.connectors.LogChange;
import io.understudy.connectors.LogEnd;
import io.understudy.connectors.LogReader;
import io.understudy.connectors.Obstacle;
import io.understudy.connectors.Pulse;
import io.understudy.connectors.SchemaChanges;
import io.understudy.connectors.Source;
import io.understudy.connectors.SourceIdentity;
import io.understudy.connectors.SourceLog;
import io.understudy.connectors.SourceSettings;
import io.understudy.connectors.SourceSnapshot;
import io.understudy.connectors.Unmirrored;
import io.understudy.connectors.debezium.LogSettings;
import io.understudy.connectors.debezium.PostgresLog;
import io.understudy.connectors.pgoutput.PgoutputLog;
import io.understudy.connectors.slot.LogHost;
import io.understudy.connectors.slot.LoggedColumn;
import io.understudy.connectors.slot.OwnMessages;
import io.understudy.connectors.slot.OwnMessages.Kind;
import io.understudy.connectors.slot.SlotSettings;
import io.understudy.journal.DatabaseProfile;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import io.understudy.journal.Position;
import io.understudy.journal.Relation;
import io.understudy.journal.TableName;
import io.understudy.journal.postgres.Lsn;
import io.understudy.journal.postgres.Profile;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
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
  private final KeptSession beats;
  private final KeptSession ends;
  private final History history;
  private final SlotKeeper slots;
  private final SequenceTelling sequences;

  PostgresSource(MirrorName mirror, SourceSettings settings) {
    this.settings = settings;
    this.names = new Names(mirror);
    this.address = Address.of(settings.database());
    this.failures = new Failures(address);
    this.control = new Control(address, names.controlSession(), failures);
    this.beats = new KeptSession(control);
    this.ends = new KeptSession(control);
    this.history = new History(names, address);
    this.slots = new SlotKeeper(names, address);
    this.sequences = new SequenceTelling(names, new MirroredSequences(settings.tables()));
  }

  @Override
  public SourceIdentity identity() {
    return control.run("asking for the system identifier", history::identity);
  }

  @Override
  public LogEnd logEnd() {
    return control.run("asking for the end of the log", PostgresSource::end);
  }

  private static LogEnd end(Connection connection) throws SQLException {
    String sql = "SELECT pg_current_wal_lsn()::text, clock_timestamp()";
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet row = statement.executeQuery()) {
      row.next();
      return new LogEnd(
          Lsn.parse(row.getString(1)), row.getObject(2, OffsetDateTime.class).toInstant());
    }
  }

  @Override
  public Pulse pulse(Duration limit) {
    return new PulseCheck(address, names).ask(limit);
  }

  @Override
  public SourceLog open(SourceIdentity expected, Position after) {
    Lsn tail = (Lsn) after;
    OwnMessages own =
        control.run(
            "checking slot " + names.slot(),
            connection -> {
              history.requireSame(connection, expected);
              history.requireHas(connection, tail);
              requirePublication(connection);
              slots.requireReadable(connection, tail);
              return new Seal(names).open(connection);
            });
    return settings.reader() == LogReader.DEBEZIUM
        ? PostgresLog.open(debeziumSettings(), own, tail, new Host())
        : PgoutputLog.open(slotSettings(), own, settings.biteBehind(), tail, new Host());
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
    if (captures()
        && !new SchemaCapture(names, address, settings.tables()).isInstalled(connection)) {
      log.warn(
          "the event triggers {} are missing on {}, disabled, or of other tables: schema"
              + " changes are not in the journal until a superuser makes them, see understudy"
              + " check",
          names.schemaTrigger("*"),
          address);
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

  private SlotSettings slotSettings() {
    return new SlotSettings(
        names.slot(),
        names.publication(),
        settings.schemaChanges() == SchemaChanges.HOLD,
        settings.tables(),
        settings.maxBatchChanges(),
        settings.maxBatchBytes());
  }

  private LogSettings debeziumSettings() {
    Map<String, String> properties = new TreeMap<>(address.properties());
    properties.putIfAbsent(PGProperty.SOCKET_TIMEOUT.getName(), LOG_SOCKET_SECONDS);
    return new LogSettings(
        slotSettings(),
        names.readerSession(),
        address.server(),
        address.database(),
        address.user(),
        address.password(),
        properties);
  }

  @Override
  public void beat() {
    beats.run("writing a heartbeat", connection -> emit(connection, ""));
  }

  @Override
  public Position tellSequences() {
    return tellSequences(true);
  }

  @Override
  public void tellMovedSequences() {
    tellSequences(false);
  }

  private Lsn tellSequences(boolean all) {
    return control.run(
        "telling the log where sequences stand", connection -> sequences.tell(connection, all));
  }

  @Override
  public void mark(String name) {
    control.run("marking the log", connection -> emit(connection, name));
  }

  private Void emit(Connection connection, String content) throws SQLException {
    new Seal(names).emit(connection, Kind.MARK, content);
    return null;
  }

  @Override
  public SourceSnapshot snapshot(Duration limit) {
    String operation = "taking a snapshot at a position of the log";
    try {
      return SlotSnapshot.of(
          address, names.verifySession(), names.temporarySlot(), "TEMPORARY", limit);
    } catch (SQLException e) {
      if (SlotSnapshot.CANCELLED.equals(e.getSQLState())) {
        throw new MirrorException.Transient(
            operation
                + " of "
                + address
                + " waited in vain for "
                + control.run("listing transactions under way", UnderWay::oldest),
            e);
      }
      throw failures.of(operation, e);
    }
  }

  @Override
  public boolean hasReader() {
    return control.run(
        "looking for the reader's session",
        connection ->
            Slot.find(connection, names.slot()).filter(Slot::isActive).isPresent()
                || (settings.reader() == LogReader.NATIVE // it lets go of the slot between bites
                    && !Holder.named(connection, names.readerSession()).isEmpty()));
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
                slots.hasOwn(connection)
                    ? unpublished(connection).stream().map(this::unread).toList()
                    : List.of()));
    obstacles.addAll(control.run("checking slot " + names.slot(), slots::obstacles));
    return obstacles;
  }

  @Override
  public List<Obstacle> serverObstacles() {
    return control.run(
        "checking the server",
        connection -> new Preflight(names, address, settings).ofServer(connection));
  }

  private Obstacle unread(TableName table) {
    return new Obstacle(
        "table " + table,
        "is not in publication " + names.publication(),
        "its changes are not read",
        "make the mirror anew, understudy init --again, or exclude the table");
  }

  @Override
  public List<Obstacle> cautions() throws InterruptedException {
    Lsn before = (Lsn) logEnd().position();
    Instant began = Instant.now();
    Thread.sleep(Cautions.WATCH.toMillis());
    return control.run(
        "looking at how the log is kept",
        connection -> Cautions.find(connection, before, Duration.between(began, Instant.now())));
  }

  @Override
  public Optional<DatabaseProfile> profile() {
    return Optional.of(control.run("asking what the database is like", Profile::of));
  }

  @Override
  public List<Unmirrored> unmirrored() {
    return control.run(
        "looking for what is not mirrored",
        connection -> {
          List<Unmirrored> found = new ArrayList<>(new LeftOut(settings.tables()).find(connection));
          SchemaCapture capture = new SchemaCapture(names, address, settings.tables());
          if (settings.schemaChanges() != SchemaChanges.IGNORE
              && settings.reader() == LogReader.DEBEZIUM) {
            found.add(SchemaCapture.NOT_BY_DEBEZIUM);
          } else if (captures()
              && !capture.isInstalled(connection)
              && !SchemaCapture.mayInstall(connection)) {
            found.add(capture.lacking());
          }
          return found;
        });
  }

  /** What would stand in the way of preparing. */
  private List<Obstacle> preflight() {
    return control.run(
        "checking", connection -> new Preflight(names, address, settings).obstacles(connection));
  }

  @Override
  public InitialCopy prepare(int sessions) {
    List<Obstacle> obstacles = preflight();
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
    return preparation(sessions).run();
  }

  @Override
  public Optional<InitialCopy> prepareAgain(Position start, int sessions) {
    return preparation(sessions).again((Lsn) start);
  }

  @Override
  public InitialCopy beside(Predicate<TableName> wanted, int sessions, Locked locked)
      throws InterruptedException {
    return preparation(sessions).beside(wanted, locked);
  }

  private Preparation preparation(int sessions) {
    return new Preparation(
        names, address, settings.tables(), captures(), control, failures, sessions);
  }

  private boolean captures() {
    return settings.schemaChanges() != SchemaChanges.IGNORE
        && settings.reader() == LogReader.NATIVE;
  }

  @Override
  public Optional<LogChange> logChange() {
    return Optional.of(
        new PostgresLogChange(
            names,
            address,
            settings.tables(),
            captures(),
            control,
            slots,
            slotSettings(),
            new Host()));
  }

  @Override
  public void forget() {
    control.run(
        "removing slot and publication",
        connection -> {
          slots.dropOwn(connection);
          new Publication(names.publication()).drop(connection);
          if (SchemaCapture.mayInstall(connection)) {
            new SchemaCapture(names, address, settings.tables()).drop(connection);
            new Seal(names).drop(connection);
          }
          return null;
        });
  }

  @Override
  public void close() {
    beats.close();
    ends.close();
    control.close();
  }

  private final class Host implements LogHost {
    @Override
    public Relation relation(
        TableName table, List<LoggedColumn> columns, OptionalLong transaction) {
      return control.run(
          "looking up table " + table,
          connection -> Catalog.logged(connection, table, columns, transaction));
    }

    @Override
    public void holdingSlot(Lsn after) {
      control.run(
          "checking slot " + names.slot(),
          connection -> {
            slots.requireNoGap(connection, after);
            return null;
          });
    }

    @Override
    public Lsn end() {
      // Nothing of the log is passed on meanwhile.
      return (Lsn) ends.run("asking for the end of the log", PostgresSource::end).position();
    }

    @Override
    public Connection session(Map<String, String> more) throws SQLException {
      Properties properties = address.session(names.readerSession());
      more.forEach(properties::setProperty);
      return address.connect(properties);
    }

    @Override
    public MirrorException failure(String operation, Throwable cause) {
      return failures.of(operation, cause);
    }
  }
}
