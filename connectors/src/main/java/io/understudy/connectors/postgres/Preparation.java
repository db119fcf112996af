package io.understudy.connectors.postgres;

import io.understudy.connectors.InitialCopy;
import io.understudy.connectors.Source;
import io.understudy.connectors.TablePatterns;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Relation;
import io.understudy.journal.TableName;
import io.understudy.journal.postgres.Lsn;
import io.understudy.journal.postgres.Printing;
import io.understudy.journal.postgres.Quoting;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;
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

  /**
   * How long to wait for older transactions before looking whether one of them waits in turn for
   * the tables: who writes to these waits behind that one. Each wait begins anew, so the last one
   * is long.
   */
  private static final List<Duration> WAITS =
      List.of(
          Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(15), WAIT_FOR_OTHERS);

  private static final int MOST_ATTEMPTS = 40;

  /** Seconds without a byte after which a copy is given up. */
  private static final String COPY_SOCKET_SECONDS = "600";

  /** A slot that goes with the session that made it. */
  private static final String TEMPORARY = "TEMPORARY";

  private static final String PRINTING =
      Printing.SETTINGS
          + "; SET row_security = off;"
          + " SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0;"
          + " SET lock_timeout = "
          + WAIT_FOR_OTHERS.toMillis();

  private final Names names;
  private final Address address;
  private final TablePatterns patterns;
  private final boolean captures;
  private final Control control;
  private final Failures failures;
  private final int sessions;

  /**
   * @param captures whether the log is to tell changes of the schema
   * @param sessions that copy at the same time
   */
  Preparation(
      Names names,
      Address address,
      TablePatterns patterns,
      boolean captures,
      Control control,
      Failures failures,
      int sessions) {
    this.names = names;
    this.address = address;
    this.patterns = patterns;
    this.captures = captures;
    this.control = control;
    this.failures = failures;
    this.sessions = sessions;
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
              new Seal(names).make(connection);
              capture(connection);
              return found;
            });
    try {
      return snapshot(tables, publication, names.slot(), "");
    } catch (SQLException e) {
      throw undo(failures.of("preparing slot " + names.slot(), e));
    } catch (RuntimeException e) {
      throw undo(e);
    }
  }

  /** With the publication and the slot as they are; empty if they are not what is needed. */
  Optional<InitialCopy> again(Lsn start) {
    Publication publication = new Publication(names.publication());
    Optional<List<TableName>> tables =
        control.run(
            "looking for what an interrupted preparation left",
            connection -> {
              List<TableName> found = names(Catalog.tables(connection, patterns));
              return publication.covers(connection, found)
                      && publication.publishesAll(connection)
                      && new SlotKeeper(names, address).isUntouched(connection, start)
                  ? Optional.of(found)
                  : Optional.empty();
            });
    if (tables.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(snapshot(tables.get(), publication, names.temporarySlot(), TEMPORARY));
    } catch (SQLException e) {
      throw failures.of("taking another snapshot for slot " + names.slot(), e);
    }
  }

  /** Before the slot is made, so that no change is missed. */
  private void capture(Connection connection) throws SQLException {
    SchemaCapture capture = new SchemaCapture(names, address, patterns);
    if (SchemaCapture.mayInstall(connection)) {
      if (!captures) {
        capture.drop(connection);
      } else if (!capture.isInstalled(connection)) {
        capture.install(connection);
      }
    }
  }

  /** A snapshot that leaves publication and slot as they are, of these tables alone. */
  InitialCopy beside(Predicate<TableName> wanted, Source.Locked locked)
      throws InterruptedException {
    Publication publication = new Publication(names.publication());
    List<TableName> tables =
        control.run("listing tables", connection -> names(Catalog.tables(connection, patterns)));
    try {
      for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
        List<Connection> copying = locked(tables.stream().filter(wanted).toList());
        try {
          locked.at(inserted());
        } catch (RuntimeException | InterruptedException e) {
          close(copying, e);
          throw e;
        }
        Optional<InitialCopy> copy =
            snapshot(copying, publication, wanted, names.temporarySlot(), TEMPORARY);
        if (copy.isPresent()) {
          return copy.get();
        }
      }
      throw crowded();
    } catch (SQLException e) {
      throw failures.of("taking another snapshot beside slot " + names.slot(), e);
    }
  }

  /** Where whatever was committed by now lies before, written to the disk or not. */
  private Lsn inserted() {
    return control.run(
        "asking for the end of the log",
        connection -> {
          String sql = "SELECT pg_current_wal_insert_lsn()::text";
          try (PreparedStatement statement = connection.prepareStatement(sql);
              ResultSet row = statement.executeQuery()) {
            row.next();
            return Lsn.parse(row.getString(1));
          }
        });
  }

  private static boolean any(TableName table) {
    return true;
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

  /** Sessions that see no snapshot yet; the first one has locked the tables. */
  private List<Connection> locked(List<TableName> tables) throws SQLException {
    List<Connection> copying = new ArrayList<>();
    try {
      for (int i = 0; i < sessions; i++) {
        copying.add(address.connect(session()));
        begin(copying.get(i));
      }
      lock(copying.get(0), tables);
      return copying;
    } catch (SQLException | RuntimeException e) {
      close(copying, e);
      throw e;
    }
  }

  private static void close(List<Connection> copying, Exception reason) {
    for (Connection session : copying) {
      try {
        session.close();
      } catch (SQLException closing) {
        reason.addSuppressed(closing);
      }
    }
  }

  private InitialCopy snapshot(
      List<TableName> tables, Publication publication, String slot, String kind)
      throws SQLException {
    for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      Optional<InitialCopy> copy =
          snapshot(locked(tables), publication, Preparation::any, slot, kind);
      if (copy.isPresent()) {
        return copy.get();
      }
    }
    throw crowded();
  }

  private MirrorException crowded() {
    return new MirrorException.Operator(
        "tables of "
            + address
            + " were being altered each of "
            + MOST_ATTEMPTS
            + " times that a snapshot was to be taken",
        "have whatever alters them pause for some seconds, and run this again");
  }

  /** Empty if somebody waited for the tables, and was let to them. */
  private Optional<InitialCopy> snapshot(
      List<Connection> copying,
      Publication publication,
      Predicate<TableName> wanted,
      String slot,
      String kind)
      throws SQLException {
    try {
      Connection first = copying.get(0);
      Optional<Lsn> entered = enterSnapshotOfNewSlot(copying, slot, kind);
      if (entered.isEmpty()) {
        for (Connection session : copying) {
          session.close();
        }
        return Optional.empty();
      }
      Lsn position = entered.get();
      List<Relation> relations =
          Catalog.tables(first, patterns).stream()
              .filter(relation -> wanted.test(relation.table()))
              .toList();
      if (!publication.published(first).containsAll(names(relations))) {
        throw new MirrorException.Transient(
            "tables were created on " + address + " while the copy was being prepared", null);
      }
      log.info("slot {} made at position={}", slot, position);
      return Optional.of(new SnapshotCopy(copying, failures, position, relations));
    } catch (SQLException | RuntimeException e) {
      close(copying, e);
      throw e;
    }
  }

  private static void begin(Connection session) throws SQLException {
    try (Statement statement = session.createStatement()) {
      statement.execute(PRINTING);
    }
    session.setAutoCommit(false);
    session.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    session.setReadOnly(true);
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
        tables.stream().map(t -> "ONLY " + Quoting.name(t)).collect(Collectors.joining(", "));
    try (Statement statement = copying.createStatement()) {
      statement.execute("LOCK TABLE " + only + " IN ACCESS SHARE MODE");
    }
  }

  /**
   * A slot waits for transactions that have written. One that waits for a table has, in a way: the
   * server gave it a number. It would wait for the lock that is held here, and the slot for it.
   *
   * @return empty if there is such a one
   */
  private Optional<Lsn> enterSnapshotOfNewSlot(List<Connection> copying, String slot, String kind)
      throws SQLException {
    for (Duration limit : WAITS) {
      try (SlotSnapshot snapshot =
          SlotSnapshot.of(address, names.copySession(), slot, kind, limit)) {
        for (Connection session : copying) {
          snapshot.enter(session);
        }
        return Optional.of((Lsn) snapshot.position());
      } catch (SQLException e) {
        if (!SlotSnapshot.CANCELLED.equals(e.getSQLState())) {
          throw e;
        }
        if (keepsSomebodyWaiting(copying.get(0))) {
          log.info("whoever waits to alter a table goes before the copy");
          return Optional.empty();
        }
        if (limit.equals(WAIT_FOR_OTHERS)) {
          throw waitedInVain(slot, e);
        }
      }
    }
    throw new IllegalStateException("the last wait ends otherwise");
  }

  private boolean keepsSomebodyWaiting(Connection session) throws SQLException {
    int pid = session.unwrap(PGConnection.class).getBackendPID();
    return control.run(
        "looking for who waits for the copy",
        connection -> {
          String sql = "SELECT 1 FROM pg_stat_activity WHERE ? = ANY (pg_blocking_pids(pid))";
          try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setInt(1, pid);
            try (ResultSet row = statement.executeQuery()) {
              return row.next();
            }
          }
        });
  }

  private MirrorException waitedInVain(String slot, SQLException e) {
    return new MirrorException.Operator(
        "making slot " + slot + " on " + address + " waited in vain for older transactions to end",
        "end them, SELECT pid, xact_start, application_name FROM pg_stat_activity"
            + " WHERE backend_xid IS NOT NULL lists them, and run this again",
        e);
  }

  private static List<TableName> names(List<Relation> relations) {
    return relations.stream().map(Relation::table).toList();
  }
}
