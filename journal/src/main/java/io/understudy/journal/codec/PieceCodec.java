package io.understudy.journal.codec;

import io.understudy.journal.Body;
import io.understudy.journal.Change;
import io.understudy.journal.Relation;
import io.understudy.journal.Row;
import io.understudy.journal.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * The body of a piece: the relations it touches, each once and in the order of their first use, and
 * the changes, which refer to them by number.
 */
final class PieceCodec {
  private static final int LAST = 1;
  private static final int INSERT = 1;
  private static final int UPDATE = 2;
  private static final int UPDATE_WITH_BEFORE = 3;
  private static final int DELETE = 4;
  private static final int TRUNCATE = 5;
  private static final int SCHEMA = 6;
  private static final int SEQUENCE = 7;
  private static final int NOT_CHECKED = 0x10;

  private static final int NULL = 0;
  private static final int UNCHANGED = 1;
  private static final int TEXT = 2;
  private static final int BYTES = 3;

  private final RelationCodec relations = new RelationCodec();

  void encode(Body.Piece piece, ByteWriter out) {
    out.text(piece.sourceTransaction());
    out.varint(piece.piece());
    out.octet(piece.last() ? LAST : 0);
    out.varint(piece.changesBefore());
    RelationNumbers numbers = new RelationNumbers();
    for (Change change : piece.changes()) {
      change.relations().forEach(numbers::of);
    }
    out.varint(numbers.inOrder().size());
    numbers.inOrder().forEach(relation -> relations.encode(relation, out));
    out.varint(piece.changes().size());
    for (Change change : piece.changes()) {
      encode(change, numbers, out);
    }
  }

  private static void encode(Change change, RelationNumbers numbers, ByteWriter out) {
    int checked = change.checked() ? 0 : NOT_CHECKED;
    if (change instanceof Change.Insert insert) {
      out.octet(INSERT | checked);
      out.varint(numbers.of(insert.relation()));
      encode(insert.after(), out);
    } else if (change instanceof Change.Update update) {
      out.octet((update.before().isPresent() ? UPDATE_WITH_BEFORE : UPDATE) | checked);
      out.varint(numbers.of(update.relation()));
      update.before().ifPresent(before -> encode(before, out));
      encode(update.after(), out);
    } else if (change instanceof Change.Delete delete) {
      out.octet(DELETE | checked);
      out.varint(numbers.of(delete.relation()));
      encode(delete.before(), out);
    } else if (change instanceof Change.Truncate truncate) {
      out.octet(TRUNCATE);
      out.varint(truncate.relations().size());
      truncate.relations().forEach(relation -> out.varint(numbers.of(relation)));
    } else if (change instanceof Change.SchemaChange schema) {
      out.octet(SCHEMA);
      DdlCodec.encode(schema.ddl(), out);
    } else if (change instanceof Change.SequenceValue value) {
      out.octet(SEQUENCE);
      SequenceCodec.encode(value, out);
    }
  }

  private static void encode(Row row, ByteWriter out) {
    for (Value value : row.values()) {
      encode(value, out);
    }
  }

  private static void encode(Value value, ByteWriter out) {
    if (value instanceof Value.Text text) {
      out.varint(2L * text.utf8().length + TEXT);
      out.raw(text.utf8());
    } else if (value instanceof Value.Bytes bytes) {
      out.varint(2L * bytes.bytes().length + BYTES);
      out.raw(bytes.bytes());
    } else {
      out.varint(value instanceof Value.Null ? NULL : UNCHANGED);
    }
  }

  Body.Piece decode(ByteReader in) {
    String transaction = in.text();
    int piece = in.index("piece", Integer.MAX_VALUE);
    int flagsAt = in.at();
    int flags = in.octet();
    if ((flags & ~LAST) != 0) {
      throw new Malformed(flagsAt, "unknown flags " + flags);
    }
    long changesBefore = in.counter();
    int relationCount = in.count("relations", RelationCodec.LEAST_BYTES);
    List<Relation> table = new ArrayList<>(relationCount);
    for (int i = 0; i < relationCount; i++) {
      table.add(relations.decode(in));
    }
    ReadRelations known = new ReadRelations(in, table);
    int changeCount = in.count("changes", 2);
    List<Change> changes = new ArrayList<>(changeCount);
    for (int i = 0; i < changeCount; i++) {
      changes.add(change(in, known));
    }
    known.requireAllUsed();
    return new Body.Piece(transaction, piece, flags == LAST, changesBefore, changes);
  }

  private static Change change(ByteReader in, ReadRelations known) {
    int at = in.at();
    int octet = in.octet();
    boolean checked = (octet & NOT_CHECKED) == 0;
    int kind = octet & ~NOT_CHECKED;
    switch (kind) {
      case INSERT -> {
        Relation relation = known.next();
        return new Change.Insert(relation, row(in, relation), checked);
      }
      case UPDATE -> {
        Relation relation = known.next();
        return new Change.Update(relation, Optional.empty(), row(in, relation), checked);
      }
      case UPDATE_WITH_BEFORE -> {
        Relation relation = known.next();
        Row before = row(in, relation);
        return new Change.Update(relation, Optional.of(before), row(in, relation), checked);
      }
      case DELETE -> {
        Relation relation = known.next();
        return new Change.Delete(relation, row(in, relation), checked);
      }
      case TRUNCATE -> {
        if (!checked) {
          throw new Malformed(at, "a truncate with flag " + NOT_CHECKED);
        }
        int count = in.count("tables", 1);
        List<Relation> emptied = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
          emptied.add(known.next());
        }
        return new Change.Truncate(emptied);
      }
      case SCHEMA -> {
        if (!checked) {
          throw new Malformed(at, "a schema change with flag " + NOT_CHECKED);
        }
        return new Change.SchemaChange(DdlCodec.decode(in));
      }
      case SEQUENCE -> {
        if (!checked) {
          throw new Malformed(at, "a sequence's value with flag " + NOT_CHECKED);
        }
        return SequenceCodec.decode(in);
      }
      default -> throw new Malformed(at, "changes of kind " + octet + " are unknown");
    }
  }

  private static Row row(ByteReader in, Relation relation) {
    int width = relation.columns().size();
    List<Value> values = new ArrayList<>(width);
    for (int i = 0; i < width; i++) {
      values.add(value(in));
    }
    return new Row(values);
  }

  private static Value value(ByteReader in) {
    int at = in.at();
    long header = in.counter();
    if (header == NULL) {
      return Value.NULL;
    }
    if (header == UNCHANGED) {
      return Value.UNCHANGED;
    }
    long length = (header - TEXT) / 2;
    if (length > Integer.MAX_VALUE) {
      throw new Malformed(at, "a value of " + length + " bytes does not fit into what is left");
    }
    return (header & 1) == 0
        ? new Value.Text(in.utf8((int) length))
        : new Value.Bytes(in.blob((int) length));
  }

  /** The decoded relations; hands them out by number, and insists on the order of first use. */
  private static final class ReadRelations {
    private final ByteReader in;
    private final List<Relation> relations;
    private int used;

    ReadRelations(ByteReader in, List<Relation> relations) {
      this.in = in;
      this.relations = relations;
      if (relations.size() > 1 && new HashSet<>(relations).size() != relations.size()) {
        throw new Malformed(in.at(), "a relation stands there twice");
      }
    }

    Relation next() {
      int number = in.index("relation", Math.min(relations.size(), used + 1));
      used = Math.max(used, number + 1);
      return relations.get(number);
    }

    void requireAllUsed() {
      if (used != relations.size()) {
        throw new Malformed(in.at(), "relation " + used + " is not used by any change");
      }
    }
  }
}
