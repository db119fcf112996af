package io.understudy.journal.codec;

import io.understudy.journal.Body;
import io.understudy.journal.Change;
import io.understudy.journal.Column;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.Ddl;
import io.understudy.journal.Epoch;
import io.understudy.journal.JournalRecord;
import io.understudy.journal.MirrorName;
import io.understudy.journal.Partition;
import io.understudy.journal.Relation;
import io.understudy.journal.Row;
import io.understudy.journal.Sequence;
import io.understudy.journal.TableName;
import io.understudy.journal.Value;
import io.understudy.journal.postgres.Lsn;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What the files under {@code golden/} say, as records. */
final class GoldenRecords {
  private static final Relation ORDERS =
      new Relation(
          new TableName("public", "orders"),
          List.of(
              new Column("id", "bigint", true),
              new Column("note", "text", false),
              new Column("scan", "bytea", false)));
  private static final Relation LOG =
      new Relation(
          new TableName("public", "Log \"x\""),
          List.of(new Column("line", "character varying(80)", false)));
  private static final Relation LOW =
      new Relation(
          new TableName("public", "low"),
          List.of(new Column("id", "bigint", true), new Column("note", "text", false)),
          Optional.of(
              new Partition(
                  new TableName("public", "orders"), "((id IS NOT NULL) AND (id < 10))")));
  private static final Instant NEW_YEAR = Instant.parse("2026-01-01T00:00:00.123456Z");

  static final Map<String, JournalRecord> ALL =
      Map.ofEntries(
          Map.entry("transaction", record(1, 2, 812, "16/B374D848", NEW_YEAR, transaction())),
          Map.entry(
              "first-piece",
              record(
                  3,
                  7,
                  (1L << 40) + 1,
                  "0/0",
                  Instant.EPOCH.minusNanos(1000),
                  new Body.Piece(
                      "18446744073709551615",
                      0,
                      false,
                      0,
                      List.of(new Change.Delete(LOG, Row.of(text("gone"))))))),
          Map.entry(
              "last-piece",
              record(
                  3,
                  7,
                  (1L << 40) + 1,
                  "FFFFFFFF/FFFFFFFF",
                  Instant.EPOCH,
                  new Body.Piece("18446744073709551615", 300, true, 2_000_000, List.of()))),
          Map.entry(
              "truncate",
              record(
                  1,
                  1,
                  1,
                  "0/1",
                  NEW_YEAR,
                  new Body.Piece(
                      "9", 0, true, 0, List.of(new Change.Truncate(List.of(LOG, ORDERS)))))),
          Map.entry(
              "schema-change",
              record(
                  1,
                  1,
                  4,
                  "0/4",
                  NEW_YEAR,
                  new Body.Piece(
                      "12",
                      0,
                      true,
                      0,
                      List.of(
                          new Change.SchemaChange(
                              new Ddl(
                                  "ALTER TABLE",
                                  "ALTER TABLE t ADD c int",
                                  Optional.empty(),
                                  true,
                                  "bob",
                                  new TreeMap<>(
                                      Map.of("search_path", "public", "DateStyle", "ISO, MDY")))),
                          new Change.SchemaChange(
                              new Ddl(
                                  "DROP TYPE",
                                  "",
                                  Optional.of("nobody knows"),
                                  false,
                                  "bob",
                                  new TreeMap<>())),
                          new Change.Insert(LOG, Row.of(text("in"))))))),
          Map.entry(
              "unchecked",
              record(
                  1,
                  1,
                  2,
                  "0/2",
                  NEW_YEAR,
                  new Body.Piece(
                      "10",
                      0,
                      true,
                      0,
                      List.of(
                          new Change.Insert(LOG, Row.of(text("in")), false),
                          new Change.Update(
                              LOG, Optional.of(Row.of(text("in"))), Row.of(text("out")), false),
                          new Change.Delete(LOG, Row.of(text("out")), false),
                          new Change.Insert(LOG, Row.of(text("in")), true))))),
          Map.entry(
              "partition",
              record(
                  1,
                  1,
                  3,
                  "0/3",
                  NEW_YEAR,
                  new Body.Piece(
                      "11",
                      0,
                      true,
                      0,
                      List.of(
                          new Change.Insert(LOW, Row.of(text("1"), text("note"))),
                          new Change.Insert(LOG, Row.of(text("x"))),
                          new Change.Truncate(List.of(LOW)))))),
          Map.entry("heartbeat", record(1, 2, 812, "16/B374D900", NEW_YEAR, new Body.Heartbeat())),
          Map.entry("marker", record(1, 1, 0, "0/15D6A90", NEW_YEAR, new Body.Marker("begin"))),
          Map.entry(
              "seal",
              record(1, 3, 812, "16/B374D900", NEW_YEAR, new Body.Seal(new DatabaseName("south")))),
          Map.entry(
              "sequence-value",
              record(
                  1,
                  1,
                  5,
                  "0/5",
                  NEW_YEAR,
                  new Body.Piece(
                      "13",
                      0,
                      true,
                      0,
                      List.of(
                          new Change.SequenceValue(
                              new TableName("public", "orders_id_seq"),
                              42,
                              true,
                              7,
                              Duration.ofMillis(2001)),
                          new Change.SequenceValue(
                              new TableName("public", "down"), -1, false, 0, Duration.ZERO),
                          new Change.Insert(LOG, Row.of(text("in"))))))));

  private GoldenRecords() {}

  private static Body.Piece transaction() {
    return new Body.Piece(
        "4711",
        0,
        true,
        0,
        List.of(
            new Change.Insert(ORDERS, Row.of(text("1"), text(""), Value.NULL)),
            new Change.Update(
                ORDERS,
                Optional.empty(),
                Row.of(text("1"), text("zwölf €, \uD834\uDD1E, a\0b"), Value.UNCHANGED)),
            new Change.Update(
                ORDERS,
                Optional.of(Row.of(text("1"), Value.UNCHANGED, Value.UNCHANGED)),
                Row.of(
                    text("9223372036854775807"),
                    Value.UNCHANGED,
                    new Value.Bytes(new byte[] {0, -1, 16}))),
            new Change.Delete(
                ORDERS, Row.of(text("9223372036854775807"), Value.UNCHANGED, Value.UNCHANGED)),
            new Change.Insert(LOG, Row.of(text("x".repeat(70))))));
  }

  private static JournalRecord record(
      long epoch, long term, long sequence, String position, Instant commitTime, Body body) {
    return new JournalRecord(
        new MirrorName("shop"),
        new Epoch(epoch),
        term,
        new Sequence(sequence),
        Lsn.parse(position),
        commitTime,
        body);
  }

  private static Value text(String text) {
    return new Value.Text(text);
  }
}
