package io.understudy.journal.kafka;

import io.understudy.journal.Body;
import io.understudy.journal.Change;
import io.understudy.journal.Column;
import io.understudy.journal.JournalEntry;
import io.understudy.journal.JournalRecord;
import io.understudy.journal.Relation;
import io.understudy.journal.Row;
import io.understudy.journal.Sequence;
import io.understudy.journal.TableName;
import io.understudy.journal.Value;
import io.understudy.journal.postgres.Lsn;
import java.time.Instant;
import java.util.List;

/** Source transactions as simple as can be: number {@code n} commits at position {@code n}. */
final class Transactions {
  static final Relation TABLE =
      new Relation(
          new TableName("public", "ledger"),
          List.of(new Column("n", "bigint", true), new Column("filler", "text", false)));
  static final Instant EPOCH_TIME = Instant.parse("2026-01-01T00:00:00Z");

  private Transactions() {}

  static Lsn position(long n) {
    return new Lsn(n);
  }

  static Instant time(long n) {
    return EPOCH_TIME.plusSeconds(n);
  }

  static Body.Piece whole(long n) {
    return piece(n, 0, true, 0, 1, "");
  }

  static Body.Piece piece(
      long n, int piece, boolean last, long before, int changes, String filler) {
    Change change =
        new Change.Insert(TABLE, Row.of(new Value.Text(Long.toString(n)), new Value.Text(filler)));
    return new Body.Piece(
        Long.toString(n), piece, last, before, java.util.Collections.nCopies(changes, change));
  }

  static void append(JournalWriter writer, long from, long to) {
    for (long n = from; n <= to; n++) {
      writer.append(new Sequence(n), position(n), time(n), whole(n));
    }
  }

  /** Piece {@code piece} of transaction {@code n}, of which every piece holds one change. */
  static void appendPiece(JournalWriter writer, long n, int piece, boolean last) {
    writer.append(
        new Sequence(n), position(last ? n : n - 1), time(n), piece(n, piece, last, piece, 1, ""));
  }

  static long sequence(JournalEntry entry) {
    return entry.record().sequence().value();
  }

  static List<Long> sequences(List<JournalEntry> entries) {
    return entries.stream()
        .map(JournalEntry::record)
        .filter(record -> record.body() instanceof Body.Piece)
        .map(JournalRecord::sequence)
        .map(Sequence::value)
        .toList();
  }
}
