package io.understudy.connectors.postgres;

import io.understudy.connectors.InitialCopy;
import io.understudy.connectors.TablePatterns;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Relation;
import io.understudy.journal.TableName;
import io.understudy.journal.postgres.Lsn;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;
import org.postgresql.PGProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes publication, slot and snapshot fit each other: the tables are locked against changes of
 * shape first, then the slot is made, then its snapshot is entered. What fails on the way is
 * undone.
 */
final class Preparation {
  private static final Logger log = LoggerFactory.getLogger(Preparation.class);

  /** How long to wait for transactions that began before the slot, and for table locks. */
  private static final Duration WAIT_FOR_OTHERS = Duration.ofMinutes(2);

  /** Seconds without a byte after which a copy is given up. */
  private static final String COPY_SOCKET_SECONDS = "600";

  private static final String PRINTING =
      "SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres'; SET TimeZone = 'UTC';"
          + " SET extra_float_digits = 3; SET bytea_output = 'hex'; SET lc_monetary = 'C';"
          + " SET search_path = pg_catalog; SET row_security = off;"
          + " SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0;"
          + " SET lock_timeout = "
          + WAIT_FOR_OTHERS.toMillis();

  private final Names names;
  private final Address address;
  private final TablePatterns patterns;
  private final Control control;
  private final Failures failures;

  Preparation(
      Names names, Address address, TablePatterns patterns, Control control, Failures failures) {
    this.names = names;
    this.address = address;
    this.patterns = patterns;
    this.control = control;
    this.failures = failures;
  }

  InitialCopy run() {
    Publication publication = new Publication(names.publication());
    List<TableName> tables =
        control.run(
            "preparing the publication",
            connection -> {
              new SlotKeeper(names, address).drop(connection, false);
              List<TableName> found = names(Catalog.tables(connection, patterns));
              publication.ensure(connection, patterns, found);
              return found;
            });
    try {
      return snapshot(publication, tables);
    } catch (SQLException e) {
      throw undo(failures.of("preparing slot " + names.slot(), e));
    } catch (RuntimeException e) {
      throw undo(e);
    }
  }

  private RuntimeException undo(RuntimeException failure) {
    try {
      control.run(
          "undoing the preparation",
          connection -> {
            new SlotKeeper(names, address).drop(connection, false);
            return null;
          });
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
    return failure;
  }

  @SuppressWarnings("resource") // handed out with the copy, which closes it
  private InitialCopy snapshot(Publication publication, List<TableName> tables)
      throws SQLException {
    Connection copying = address.connect(session());
    try {
      try (Statement statement = copying.createStatement()) {
        statement.execute(PRINTING);
      }
      copying.setAutoCommit(false);
      copying.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      copying.setReadOnly(true);
      lock(copying, tables);
      Lsn position = enterSnapshotOfNewSlot(copying);
      List<Relation> relations = Catalog.tables(copying, patterns);
      if (!publication.published(copying).containsAll(names(relations))) {
        throw new MirrorException.Transient(
            "tables were created on " + address + " while the copy was being prepared", null);
      }
      log.info("slot {} made at position={}", names.slot(), position);
      return new SnapshotCopy(copying, failures, position, relations);
    } catch (SQLException | RuntimeException e) {
      try (copying) {
        throw e;
      }
    }
  }

  private Properties session() {
    Properties session = address.session(names.copySession());
    session.putIfAbsent(PGProperty.SOCKET_TIMEOUT.getName(), COPY_SOCKET_SECONDS);
    return session;
  }

  private static void lock(Connection copying, List<TableName> tables) throws SQLException {
    if (tables.isEmpty()) {
      return;
    }
    String only =
        tables.stream().map(t -> "ONLY " + Quoting.table(t)).collect(Collectors.joining(", "));
    try (Statement statement = copying.createStatement()) {
      statement.execute("LOCK TABLE " + only + " IN ACCESS SHARE MODE");
    }
  }

  private Lsn enterSnapshotOfNewSlot(Connection copying) throws SQLException {
    Properties session = address.session(names.copySession());
    session.setProperty(PGProperty.REPLICATION.getName(), "database");
    session.setProperty(PGProperty.PREFER_QUERY_MODE.getName(), "simple");
    try (Connection replication = address.connect(session);
        Statement statement = replication.createStatement()) {
      statement.setQueryTimeout((int) WAIT_FOR_OTHERS.toSeconds());
      String create =
          "CREATE_REPLICATION_SLOT "
              + Quoting.identifier(names.slot())
              + " LOGICAL pgoutput EXPORT_SNAPSHOT";
      try (ResultSet slot = statement.executeQuery(create)) {
        slot.next();
        // The snapshot lasts until this session's next command.
        try (Statement enter = copying.createStatement()) {
          enter.execute(
              "SET TRANSACTION SNAPSHOT " + Quoting.literal(slot.getString("snapshot_name")));
        }
        return Lsn.parse(slot.getString("consistent_point"));
      }
    } catch (SQLException e) {
      if ("57014".equals(e.getSQLState())) {
        throw new MirrorException.Operator(
            "making slot "
                + names.slot()
                + " on "
                + address
                + " waited in vain for older transactions to end",
            "end them, SELECT pid, xact_start, application_name FROM pg_stat_activity"
                + " WHERE backend_xid IS NOT NULL lists them, and run this again",
            e);
      }
      throw e;
    }
  }

  private static List<TableName> names(List<Relation> relations) {
    return relations.stream().map(Relation::table).toList();
  }
}
