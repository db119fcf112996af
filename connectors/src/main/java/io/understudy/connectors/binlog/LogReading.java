package io.understudy.connectors.binlog;

import com.github.shyiko.mysql.binlog.event.ByteArrayEventData;
import com.github.shyiko.mysql.binlog.event.Event;
import com.github.shyiko.mysql.binlog.event.EventHeaderV4;
import com.github.shyiko.mysql.binlog.event.EventType;
import com.github.shyiko.mysql.binlog.event.GtidEventData;
import com.github.shyiko.mysql.binlog.event.MariadbGtidEventData;
import com.github.shyiko.mysql.binlog.event.QueryEventData;
import com.github.shyiko.mysql.binlog.event.RotateEventData;
import com.github.shyiko.mysql.binlog.event.TableMapEventData;
import com.github.shyiko.mysql.binlog.event.XAPrepareEventData;
import io.understudy.connectors.LogEvent;
import io.understudy.journal.Change;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Position;
import io.understudy.journal.Relation;
import io.understudy.journal.TableName;
import io.understudy.journal.mysql.BinlogPoint;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Turns the events of a binary log into log events, in order. The position of a commit is the end
 * of the event that commits. Whatever could change a mirrored row without saying so row by row
 * stops the reading in front of it: nothing is skipped that is not known to be harmless. Used by
 * one thread.
 */
final class LogReading {
  private static final int ARTIFICIAL = 0x20;
  private static final int IGNORABLE = 0x80;
  private static final int FOREIGN_KEYS_UNCHECKED = 0x02;

  /** Ends a statement whose rows belong to no table that is logged. */
  private static final long NO_TABLE = 0xFF_FFFFL;

  private static final long UINT32 = 0xFFFF_FFFFL;
  private static final long HALF_UINT32 = 1L << 31;
  private static final String AGAIN =
      "bring the standby's tables to the source's new shape by making the mirror anew:"
          + " understudy init --again";

  private final LogHost host;
  private final Consumer<LogEvent> out;
  private final Map<Long, Optional<LoggedTable>> tables = new HashMap<>();
  private String file;
  private long offset;
  private Whereabouts behind;
  private Position committed;

  private Whereabouts next;
  private String id;
  private Instant time;
  private boolean open;
  private long changes;

  LogReading(BinlogPoint after, Whereabouts behind, LogHost host, Consumer<LogEvent> out) {
    this.file = after.file();
    this.offset = after.offset();
    this.behind = behind;
    this.next = behind;
    this.committed = behind.at(after);
    this.host = host;
    this.out = out;
  }

  /** Behind the last commit that was handed out. */
  Position committed() {
    return committed;
  }

  void accept(Event event) {
    EventHeaderV4 header = event.getHeader();
    EventType type = header.getEventType();
    if (type == EventType.ROTATE) {
      rotate(event.getData(), isArtificial(header));
      return;
    }
    if (isArtificial(header)
        || type == EventType.HEARTBEAT
        || (type == EventType.FORMAT_DESCRIPTION && header.getNextPosition() == 0)) {
      return;
    }
    String transaction = file + ":" + offset;
    advance(header);
    switch (type) {
      case GTID, ANONYMOUS_GTID -> gtid(event.getData(), type, transaction, header);
      case MARIADB_GTID -> gtid((MariadbGtidEventData) event.getData(), header);
      case QUERY -> query(event.getData(), transaction, header);
      case XID -> commit(header);
      case XA_PREPARE -> xaPrepare(event.getData(), header);
      case TABLE_MAP -> table(event.getData());
      case WRITE_ROWS, UPDATE_ROWS, DELETE_ROWS, EXT_WRITE_ROWS, EXT_UPDATE_ROWS, EXT_DELETE_ROWS ->
          rows(((ByteArrayEventData) event.getData()).getData(), type);
      case FORMAT_DESCRIPTION -> abandon();
      case STOP,
          PREVIOUS_GTIDS,
          MARIADB_GTID_LIST,
          BINLOG_CHECKPOINT,
          ROWS_QUERY,
          ANNOTATE_ROWS,
          IGNORABLE,
          INTVAR,
          RAND,
          USER_VAR,
          TRANSACTION_CONTEXT,
          VIEW_CHANGE -> {} // nothing to mirror; what a statement's variables belong to stops below
      default -> other(header);
    }
  }

  /** Those are not in the file: the server tells where it begins, or that it is alive. */
  private static boolean isArtificial(EventHeaderV4 header) {
    return (header.getFlags() & ARTIFICIAL) != 0;
  }

  /**
   * To the end of an event. Ends are logged with 32 bits, and a file with a very large transaction
   * is larger; MariaDB logs none inside of transactions.
   */
  private void advance(EventHeaderV4 header) {
    long estimate = offset + header.getEventLength();
    long logged = header.getNextPosition() & UINT32;
    if (logged == 0) {
      offset = estimate;
      return;
    }
    long end = (estimate & ~UINT32) | logged;
    if (end < estimate - HALF_UINT32) {
      end += UINT32 + 1;
    } else if (end > estimate + HALF_UINT32) {
      end -= UINT32 + 1;
    }
    offset = end;
  }

  private void rotate(RotateEventData rotation, boolean artificial) {
    if (!artificial) {
      requireClosed("the end of a log file");
      tables.clear();
    }
    if (!artificial || !file.equals(rotation.getBinlogFilename())) {
      abandon();
      file = rotation.getBinlogFilename();
      offset = Math.max(4, rotation.getBinlogPosition());
    }
  }

  /** A log file that ends within a transaction is one that the server died over. */
  private void abandon() {
    if (open) {
      next = behind;
      close();
      out.accept(new LogEvent.Abandoned());
    }
  }

  private void gtid(GtidEventData gtid, EventType type, String transaction, EventHeaderV4 header) {
    requireClosed("another transaction");
    id = transaction;
    if (type == EventType.GTID) {
      String uuid = gtid.getMySqlGtid().getServerId().toString();
      next = behind.with(uuid, gtid.getMySqlGtid().getTransactionId());
      id = uuid + ":" + gtid.getMySqlGtid().getTransactionId();
    }
    long micros = gtid.getImmediateCommitTimestamp();
    time = micros > 0 ? Instant.EPOCH.plus(micros, ChronoUnit.MICROS) : seconds(header);
  }

  private void gtid(MariadbGtidEventData gtid, EventHeaderV4 header) {
    requireClosed("another transaction");
    long domain = gtid.getDomainId() & UINT32;
    next = behind.with(domain, header.getServerId(), gtid.getSequence());
    id = domain + "-" + header.getServerId() + "-" + Long.toUnsignedString(gtid.getSequence());
    if ((gtid.getFlags() & MariadbGtidEventData.FL_STANDALONE) == 0) {
      begin(id);
    }
  }

  private static Instant seconds(EventHeaderV4 header) {
    return Instant.ofEpochMilli(header.getTimestamp());
  }

  private void query(QueryEventData query, String transaction, EventHeaderV4 header) {
    Statement statement = Statement.of(query.getSql(), query.getDatabase(), this::concerns);
    switch (statement.kind()) {
      case BEGIN -> begin(id == null ? transaction : id);
      case COMMIT -> commit(header);
      case ROLLBACK -> {
        require(changes == 0, "the roll-back of a transaction that changed mirrored tables", "");
        commit(header);
      }
      case PARTIAL_ROLLBACK ->
          require(changes == 0, "the partial roll-back of a transaction", nonTransactional());
      case ROWS ->
          throw stop(
              "the statement '" + statement.what() + " …' in place of the rows it changed",
              "SET GLOBAL binlog_format = 'ROW', keep sessions from changing it, and make the"
                  + " mirror anew: understudy init --again");
      case SCHEMA ->
          throw stop(
              "a schema change of "
                  + statement.tables().stream()
                      .map(table -> "table " + table)
                      .collect(Collectors.joining(", "))
                  + ": '"
                  + statement.what()
                  + " …'",
              AGAIN);
      case UNKNOWN ->
          throw stop("a statement whose effect is not known: '" + statement.what() + " …'", AGAIN);
      case OTHER -> {
        if (!open) {
          begin(id == null ? transaction : id);
          commit(header);
        }
      }
    }
  }

  private boolean concerns(TableName table) {
    return table.table().equals("*") ? host.isMirrored(table.schema()) : host.isMirrored(table);
  }

  private static String nonTransactional() {
    return "use only InnoDB tables together with those of the mirror, then make the mirror anew:"
        + " understudy init --again";
  }

  private void begin(String transaction) {
    requireClosed("another transaction");
    open = true;
    changes = 0;
    id = transaction;
    out.accept(new LogEvent.Begin(transaction));
  }

  private void commit(EventHeaderV4 header) {
    if (!open) {
      throw broken("a commit without a beginning");
    }
    behind = next;
    committed = behind.at(new BinlogPoint(file, offset));
    Instant at = time == null ? seconds(header) : time;
    close();
    out.accept(new LogEvent.Commit(committed, at));
  }

  private void close() {
    open = false;
    id = null;
    time = null;
    changes = 0;
    tables.clear();
  }

  private void xaPrepare(XAPrepareEventData prepared, EventHeaderV4 header) {
    require(
        prepared.isOnePhase() || changes == 0,
        "a prepared XA transaction that changed mirrored tables",
        "keep XA transactions away from mirrored tables, then make the mirror anew:"
            + " understudy init --again");
    commit(header);
  }

  private void table(TableMapEventData logged) {
    TableName name = new TableName(logged.getDatabase(), logged.getTable());
    Optional<Relation> relation = host.relation(name);
    Optional<LoggedTable> table = relation.flatMap(known -> LoggedTable.of(known, logged));
    if (relation.isPresent() && table.isEmpty()) {
      throw stop("rows of table " + name + " in another shape than the known one", AGAIN);
    }
    tables.put(logged.getTableId(), table);
  }

  private void rows(byte[] body, EventType type) {
    Cursor cursor = new Cursor(body);
    long number = cursor.little(6);
    boolean checked = (cursor.little(2) & FOREIGN_KEYS_UNCHECKED) == 0;
    if (number == NO_TABLE) {
      return;
    }
    Optional<LoggedTable> table = tables.get(number);
    if (table == null) {
      throw broken("rows of a table that was not announced");
    }
    if (table.isEmpty()) {
      return;
    }
    try {
      switch (type) {
        case EXT_WRITE_ROWS, EXT_UPDATE_ROWS, EXT_DELETE_ROWS ->
            cursor.skip((int) cursor.little(2) - 2);
        default -> {} // the older form has no further data
      }
      switch (type) {
        case WRITE_ROWS, EXT_WRITE_ROWS -> table.get().insert(cursor, checked, this::changed);
        case UPDATE_ROWS, EXT_UPDATE_ROWS -> table.get().update(cursor, checked, this::changed);
        default -> table.get().delete(cursor, checked, this::changed);
      }
    } catch (LoggedTable.IncompleteRows e) {
      throw stop(
          "incomplete rows of table " + table.get().relation().table(),
          "SET GLOBAL binlog_row_image = 'FULL', keep sessions from changing it, and make the"
              + " mirror anew: understudy init --again");
    } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new MirrorException.Operator(
          "a row of table "
              + table.get().relation().table()
              + " in the source's log behind "
              + committed.encoded()
              + " cannot be read: "
              + e,
          AGAIN,
          e);
    }
  }

  private void changed(Change change) {
    if (!open) {
      throw broken("a change outside a transaction");
    }
    changes++;
    out.accept(new LogEvent.Changed(change));
  }

  private void other(EventHeaderV4 header) {
    if (header.getEventType() == EventType.INCIDENT) {
      throw stop("the server's note that events were lost", AGAIN);
    }
    if (header.getEventType() == EventType.UNKNOWN && (header.getFlags() & IGNORABLE) != 0) {
      return;
    }
    throw stop(
        "an event of kind " + header.getEventType() + " that is not read",
        "on the source set binlog_row_value_options = '', binlog_transaction_compression = OFF,"
            + " log_bin_compress = OFF, and make the mirror anew: understudy init --again");
  }

  private void requireClosed(String what) {
    if (open) {
      throw broken(what + " before transaction " + id + " ended");
    }
  }

  private void require(boolean holds, String what, String remedy) {
    if (!holds) {
      throw stop(what, remedy.isEmpty() ? nonTransactional() : remedy);
    }
  }

  private MirrorException stop(String what, String remedy) {
    return new MirrorException.Operator(
        "the source's log holds " + what + ", behind position " + committed.encoded(), remedy);
  }

  private MirrorException broken(String what) {
    return new MirrorException.Invariant(
        "the source's log brought " + what + ", behind position " + committed.encoded(),
        "start the reader again: the log still holds all that the journal lacks;"
            + " if it happens again, this is a defect");
  }
}
