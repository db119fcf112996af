package io.understudy.applier;

import io.understudy.journal.Body;
import io.understudy.journal.Change;
import io.understudy.journal.Column;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.Epoch;
import io.understudy.journal.JournalEntry;
import io.understudy.journal.JournalRecord;
import io.understudy.journal.MirrorName;
import io.understudy.journal.Relation;
import io.understudy.journal.Row;
import io.understudy.journal.Sequence;
import io.understudy.journal.TableName;
import io.understudy.journal.Value;
import io.understudy.journal.postgres.Lsn;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Writes journals for tests: each record follows the one before, unless told otherwise. */
final class Journals {
  static final MirrorName MIRROR = new MirrorName("shop");
  static final Relation TABLE =
      new Relation(new TableName("public", "t"), List.of(new Column("id", "integer", true)));

  private final List<JournalEntry> entries = new ArrayList<>();
  private MirrorName mirror = MIRROR;
  private long epoch = 1;
  private long term = 1;
  private long sequence;
  private long position = 1000;
  private long offset;

  static Progress start() {
    return new Progress(Epoch.FIRST, Sequence.ZERO, new Lsn(1000), Instant.EPOCH, "topic", 0);
  }

  static Change change(int id) {
    return new Change.Insert(TABLE, Row.of(new Value.Text(Integer.toString(id))));
  }

  static List<Change> changes(int... ids) {
    return Arrays.stream(ids).mapToObj(Journals::change).toList();
  }

  Journals transaction(int... ids) {
    sequence++;
    position += 10;
    return append(new Body.Piece("x" + sequence, 0, true, 0, changes(ids)));
  }

  /** A piece of the next transaction, which the last piece completes. */
  Journals piece(int number, boolean last, long before, int... ids) {
    position += last ? 10 : 0;
    sequence++;
    append(new Body.Piece("x" + sequence, number, last, before, changes(ids)));
    sequence -= last ? 0 : 1;
    return this;
  }

  Journals heartbeat() {
    position += 5;
    return append(new Body.Heartbeat());
  }

  Journals seal() {
    return append(new Body.Seal(new DatabaseName("south")));
  }

  Journals newTerm() {
    term++;
    return this;
  }

  Journals epoch(long value) {
    epoch = value;
    return this;
  }

  Journals term(long value) {
    term = value;
    return this;
  }

  Journals sequence(long value) {
    sequence = value;
    return this;
  }

  Journals position(long value) {
    position = value;
    return this;
  }

  Journals offset(long value) {
    offset = value;
    return this;
  }

  Journals mirror(String name) {
    mirror = new MirrorName(name);
    return this;
  }

  List<JournalEntry> entries() {
    return entries;
  }

  private Journals append(Body body) {
    offset += 2; // transactions of Kafka leave holes
    entries.add(
        new JournalEntry(
            offset,
            Instant.EPOCH,
            new JournalRecord(
                mirror,
                new Epoch(epoch),
                term,
                new Sequence(sequence),
                new Lsn(position),
                Instant.ofEpochSecond(position),
                body)));
    return this;
  }
}
