package io.understudy.connectors.pgoutput;

import io.understudy.connectors.slot.SlotSettings;
import io.understudy.journal.MirrorException;
import io.understudy.journal.postgres.Lsn;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.OptionalInt;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a backlog in bites: looks at what the slot holds next, without consuming it, and moves the
 * slot on when the journal has it. Whoever is killed in between finds the slot where the journal
 * is, or behind. The server ends a bite only between transactions, so a large one comes whole; the
 * server keeps what it has not sent in temporary files.
 */
final class Bites {
  private static final Logger log = LoggerFactory.getLogger(Bites.class);

  /** After how many messages of the log the server ends a bite, at the next commit. */
  static final int MESSAGES = 100_000;

  /** What the server answers when temporary files exceed its temp_file_limit. */
  private static final String LIMIT_EXCEEDED = "53400";

  private final SlotReading slot;
  private final SlotSettings settings;
  private final Session session;
  private final Decoder decoder;
  private final Acknowledgements acknowledgements;
  private Lsn advanced;

  Bites(SlotReading slot) {
    this.slot = slot;
    this.settings = slot.settings();
    this.session = slot.session();
    this.decoder = slot.decoder();
    this.acknowledgements = slot.acknowledgements();
  }

  /**
   * Returns when the log's end of a moment ago was reached, or bites do not get on, or the log is
   * closed. The log may have grown much since: whoever comes next, sees it.
   */
  void run() throws SQLException, InterruptedException {
    Connection connection = session.plain();
    try {
      advanced = acknowledgements.durable();
      advance(connection, advanced);
      while (bite(connection) >= MESSAGES
          && acknowledgements.awaitSettled(slot.handover().events())) {
        if (!advance(connection)) {
          slot.distance().stuckAt(advanced);
          break;
        }
      }
      slot.holdsNoMore();
      endCleanly(connection);
    } catch (InterruptedException e) {
      endCleanly(connection);
      throw e;
    } finally {
      session.end();
    }
  }

  private void endCleanly(Connection connection) throws SQLException {
    if (acknowledgements.isClosed()) {
      advance(connection); // no stream needs to follow to tell it
      acknowledgements.takeNews();
    }
    connection.close();
  }

  /** Whether there was anything to forget. */
  private boolean advance(Connection connection) throws SQLException {
    Lsn durable = acknowledgements.durable();
    if (!durable.isAfter(advanced)) {
      return false;
    }
    advance(connection, durable);
    advanced = durable;
    return true;
  }

  /** The slot may forget what the journal has; what was read is read again from there. */
  private void advance(Connection connection, Lsn durable) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT pg_replication_slot_advance(?, ?::pg_lsn)")) {
      statement.setString(1, settings.slot());
      statement.setString(2, durable.toString());
      statement.execute();
    }
  }

  /** Returns the number of messages. */
  private int bite(Connection connection) throws SQLException, InterruptedException {
    CopyRows rows = new CopyRows(decoder);
    decoder.newSession();
    CopyOut copy;
    byte[] chunk;
    try {
      copy =
          connection
              .unwrap(PGConnection.class)
              .getCopyAPI()
              .copyOut(CopyRows.query(settings, OptionalInt.of(MESSAGES)));
      chunk = copy.readFromCopy();
    } catch (SQLException e) {
      if (LIMIT_EXCEEDED.equals(e.getSQLState())) {
        log.warn(
            "slot {} is streamed though its log's end is far away: {}; a temp_file_limit of the"
                + " source that holds its largest transactions makes this faster",
            settings.slot(),
            e.getMessage());
        slot.distance().refuse();
        return 0;
      }
      throw e;
    }
    // The server has looked before it sent anything: whoever moves the slot now, was too late.
    slot.holds(Mode.State.BITES);
    try {
      for (; chunk != null; chunk = copy.readFromCopy()) {
        rows.accept(chunk);
      }
    } catch (InterruptedException e) {
      copy.cancelCopy();
      throw e;
    }
    if (!rows.ended() || !decoder.isBetweenTransactions()) {
      throw new MirrorException.Invariant(
          "a bite of slot "
              + settings.slot()
              + " ended inside a transaction, behind "
              + decoder.committed(),
          "report this: nothing of that transaction was journaled");
    }
    return rows.rows();
  }
}
