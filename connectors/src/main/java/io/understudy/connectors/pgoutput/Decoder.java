package io.understudy.connectors.pgoutput;

import io.understudy.connectors.LogEvent;
import io.understudy.connectors.slot.OwnMessages;
import io.understudy.connectors.slot.SchemaMessages;
import io.understudy.connectors.slot.SequenceMessages;
import io.understudy.journal.Change;
import io.understudy.journal.Relation;
import io.understudy.journal.postgres.Lsn;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Turns messages of {@code pgoutput}, protocol version 1, into log events: PostgreSQL's
 * documentation, "Logical Replication Message Formats". Passes over transactions that were handed
 * out before. Checks what must hold: changes only inside transactions, commits strictly rising,
 * tables announced. Used by one thread.
 */
final class Decoder {
  private static final Instant POSTGRES_EPOCH = Instant.parse("2000-01-01T00:00:00Z");
  private static final int TRANSACTIONAL = 1;

  /** Takes the events; waits if it must. */
  interface Sink {
    void accept(LogEvent event) throws InterruptedException, SQLException;
  }

  private enum Phase {
    BETWEEN,
    /** Inside a transaction that is handed out. */
    INSIDE,
    /** Inside one that was handed out before. */
    OLD
  }

  private final Tables tables;
  private final OwnMessages own;
  private final SchemaMessages schema;
  private final Sink sink;
  private Lsn committed;
  private Phase phase = Phase.BETWEEN;
  private long commitRecord;

  /**
   * @param own tells the mirror's messages from those of others
   * @param after the end of the last commit that is not to be handed out
   */
  Decoder(Tables tables, OwnMessages own, SchemaMessages schema, Lsn after, Sink sink) {
    this.tables = tables;
    this.schema = schema;
    this.own = own;
    this.committed = after;
    this.sink = sink;
  }

  /** The end of the last commit handed out. */
  Lsn committed() {
    return committed;
  }

  boolean isBetweenTransactions() {
    return phase == Phase.BETWEEN;
  }

  /** What comes now comes from a session of the server that has announced nothing yet. */
  void newSession() {
    tables.forgetAnnouncements();
  }

  void accept(byte[] bytes, int from, int to) throws InterruptedException, SQLException {
    Wire message = new Wire(bytes, from, to, committed);
    byte kind = message.int8();
    switch (kind) {
      case 'B' -> begin(message);
      case 'C' -> commit(message);
      case 'R' -> tables.announce(message);
      case 'I', 'U', 'D' -> change(kind, message);
      case 'T' -> truncate(message);
      case 'M' -> message(message);
      case 'Y' -> tables.name(message);
      case 'O' -> message.rest(); // an origin
      default -> throw message.broken("is of unknown kind " + kind);
    }
    message.requireEnd();
  }

  private void begin(Wire message) throws InterruptedException, SQLException {
    require(message, phase == Phase.BETWEEN, "begins a transaction inside another one");
    commitRecord = message.int64();
    message.int64(); // when it was committed: the commit says so, too
    int number = message.int32();
    tables.transaction(Integer.toUnsignedLong(number));
    String xid = Integer.toUnsignedString(number);
    if (committed.isAfter(new Lsn(commitRecord))) {
      phase = Phase.OLD;
    } else {
      phase = Phase.INSIDE;
      sink.accept(new LogEvent.Begin(xid));
    }
  }

  private void commit(Wire message) throws InterruptedException, SQLException {
    require(message, phase != Phase.BETWEEN, "commits no transaction");
    message.int8(); // no flags are defined
    require(message, message.int64() == commitRecord, "commits another transaction than began");
    Lsn end = new Lsn(message.int64());
    Instant time = POSTGRES_EPOCH.plus(message.int64(), ChronoUnit.MICROS);
    require(
        message,
        end.isAfter(committed) == (phase == Phase.INSIDE),
        "commits at " + end + " a transaction that began as one before " + new Lsn(commitRecord));
    boolean handedOut = phase == Phase.INSIDE;
    phase = Phase.BETWEEN;
    if (handedOut) {
      committed = end;
      sink.accept(new LogEvent.Commit(end, time));
    }
  }

  private void change(byte kind, Wire message) throws InterruptedException, SQLException {
    require(message, phase != Phase.BETWEEN, "changes a row outside a transaction");
    Table table = tables.of(message.int32(), message);
    if (phase == Phase.OLD || !table.isMirrored()) {
      message.rest();
      return;
    }
    Change change =
        switch (kind) {
          case 'I' -> table.insert(message);
          case 'U' -> table.update(message);
          default -> table.delete(message);
        };
    sink.accept(new LogEvent.Changed(change));
  }

  private void truncate(Wire message) throws InterruptedException, SQLException {
    require(message, phase != Phase.BETWEEN, "truncates outside a transaction");
    int count = message.int32();
    message.int8(); // CASCADE, RESTART IDENTITY: all tables are named, sequences do not travel
    List<Relation> truncated = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Table table = tables.of(message.int32(), message);
      if (table.isMirrored()) {
        truncated.add(table.relation());
      }
    }
    if (phase == Phase.INSIDE && !truncated.isEmpty()) {
      sink.accept(new LogEvent.Changed(new Change.Truncate(truncated)));
    }
  }

  private void message(Wire message) throws InterruptedException, SQLException {
    boolean transactional = (message.int8() & TRANSACTIONAL) != 0;
    message.int64(); // where it stands in the log
    String prefix = message.string();
    byte[] content = message.counted();
    Optional<OwnMessages.Kind> kind = own.kind(prefix);
    if (!transactional || kind.isEmpty()) {
      return; // a client's own
    }
    require(message, phase != Phase.BETWEEN, "marks the log outside a transaction");
    Optional<String> words = phase == Phase.OLD ? Optional.empty() : own.words(prefix, content);
    if (words.isPresent()) {
      own(kind.get(), words.get());
    }
  }

  private void own(OwnMessages.Kind kind, String words) throws InterruptedException, SQLException {
    switch (kind) {
      case DDL -> {
        tables.forgetLookups();
        Optional<Change> change = schema.read(words);
        if (change.isPresent()) {
          sink.accept(new LogEvent.Changed(change.get()));
        }
      }
      case SEQUENCES -> {
        for (Change value : SequenceMessages.read(words)) {
          sink.accept(new LogEvent.Changed(value));
        }
      }
      case MARK -> {
        if (!words.isEmpty()) {
          sink.accept(new LogEvent.Marked(words));
        }
      }
    }
  }

  private static void require(Wire message, boolean holds, String what) {
    if (!holds) {
      throw message.broken(what);
    }
  }
}
