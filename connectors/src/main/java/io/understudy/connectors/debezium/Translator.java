package io.understudy.connectors.debezium;

import io.understudy.connectors.LogEvent;
import io.understudy.connectors.slot.SequenceMessages;
import io.understudy.journal.Change;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Relation;
import io.understudy.journal.postgres.Lsn;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Turns Debezium's records into log events, in order. Puts together what Debezium takes apart (a
 * changed key, a truncation of several tables) and checks what must hold: changes only inside
 * transactions, as many as the stream had, commits in the log's order. Used by one thread.
 */
final class Translator {
  private static final String OLD_KEY = "__debezium.oldkey";
  private static final String NEW_KEY = "__debezium.newkey";
  private static final Lsn NONE = new Lsn(0);

  private final Shapes shapes;
  private final Consumer<LogEvent> events;
  private final List<Relation> truncated = new ArrayList<>();
  private long truncatedAt;
  private Struct rekeyed;
  private long xid = -1;
  private long changes;
  private Lsn committed = NONE;

  Translator(Shapes shapes, Consumer<LogEvent> events) {
    this.shapes = shapes;
    this.events = events;
  }

  void accept(SourceRecord record) {
    Struct envelope = (Struct) record.value();
    String operation = envelope.getString("op");
    if (operation.equals("m")) {
      marker(envelope.getStruct("message"));
      return;
    }
    require(xid >= 0, "a change outside a transaction");
    changes++;
    if (operation.equals("t")) {
      truncate(record, envelope);
      return;
    }
    endTruncate();
    Shape shape = shapes.of(record);
    Struct before = envelope.getStruct("before");
    Struct after = envelope.getStruct("after");
    if (rekeyed != null) {
      require(
          operation.equals("c") && record.headers().lastWithName(OLD_KEY) != null,
          "half a key change of table " + shape.relation().table());
      before = rekeyed;
      rekeyed = null;
      changed(shape.update(before, after));
      return;
    }
    switch (operation) {
      case "c" -> changed(new Change.Insert(shape.relation(), shape.row(after)));
      case "u" -> changed(shape.update(before, after));
      case "d" -> {
        if (record.headers().lastWithName(NEW_KEY) != null) {
          changes--; // two records, one change
          rekeyed = before;
        } else {
          changed(shape.delete(before));
        }
      }
      default -> throw broken("an unknown operation '" + operation + "'");
    }
  }

  private void truncate(SourceRecord record, Struct envelope) {
    require(rekeyed == null, "half a key change before a truncation");
    long lsn = envelope.getStruct("source").getInt64("lsn");
    if (!truncated.isEmpty() && truncatedAt != lsn) {
      endTruncate();
    }
    truncatedAt = lsn;
    truncated.add(shapes.of(record).relation());
  }

  private void endTruncate() {
    if (!truncated.isEmpty()) {
      changed(new Change.Truncate(truncated));
      truncated.clear();
    }
  }

  private void changed(Change change) {
    events.accept(new LogEvent.Changed(change));
  }

  private void marker(Struct message) {
    require(Marker.PREFIX.equals(message.getString("prefix")), "a logical message");
    endTruncate();
    require(rekeyed == null, "half a key change at the end of a transaction");
    Marker marker = Marker.parse((ByteBuffer) message.get("content"));
    if (marker instanceof Marker.Mark mark) {
      require(xid >= 0, "a mark outside a transaction");
      events.accept(new LogEvent.Marked(mark.name()));
    } else if (marker instanceof Marker.Sequences sequences) {
      require(xid >= 0, "values of sequences outside a transaction");
      SequenceMessages.read(sequences.content()).forEach(this::changed);
    } else if (marker instanceof Marker.Begin begin) {
      require(xid < 0, "a transaction inside transaction " + xid);
      xid = begin.xid();
      changes = 0;
      events.accept(new LogEvent.Begin(Long.toString(xid)));
    } else if (marker instanceof Marker.Commit commit) {
      require(xid >= 0, "a commit without a beginning");
      require(
          commit.changes() == changes,
          "transaction "
              + xid
              + " with "
              + changes
              + " changes, the stream had "
              + commit.changes());
      require(
          commit.end().isAfter(committed),
          "commit " + commit.end() + " behind that at " + committed);
      committed = commit.end();
      xid = -1;
      events.accept(new LogEvent.Commit(commit.end(), commit.time()));
    }
  }

  private void require(boolean holds, String what) {
    if (!holds) {
      throw broken(what);
    }
  }

  private MirrorException broken(String what) {
    return new MirrorException.Invariant(
        "Debezium delivered " + what + "; last commit read: " + committed,
        "start the reader again: the slot still holds all that the journal lacks; "
            + "if it happens again, this is a defect");
  }
}
