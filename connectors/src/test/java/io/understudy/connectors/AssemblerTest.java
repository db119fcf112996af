package io.understudy.connectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.understudy.journal.Body;
import io.understudy.journal.Change;
import io.understudy.journal.Column;
import io.understudy.journal.Epoch;
import io.understudy.journal.JournalRecord;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import io.understudy.journal.Position;
import io.understudy.journal.Relation;
import io.understudy.journal.Row;
import io.understudy.journal.Sequence;
import io.understudy.journal.TableName;
import io.understudy.journal.Value;
import io.understudy.journal.postgres.Lsn;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AssemblerTest {
  private static final Relation TABLE =
      new Relation(new TableName("public", "t"), List.of(new Column("id", "integer", true)));
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final int PIECE_BYTES = 60;

  private final List<JournalRecord> journal = new ArrayList<>();

  AssemblerTest() {
    journal.add(record(Sequence.ZERO, new Lsn(100), NOON, new Body.Marker(Body.Marker.BEGIN)));
  }

  @Test
  void writesASmallTransactionAsOneRecord() {
    feed(transaction("7", 110, 1, 2, 3));

    assertThat(journal).hasSize(2);
    assertThat(journal.get(1).sequence()).isEqualTo(new Sequence(1));
    assertThat(journal.get(1).position()).isEqualTo(new Lsn(110));
    assertThat(piece(1))
        .isEqualTo(new Body.Piece("7", 0, true, 0, List.of(insert(1), insert(2), insert(3))));
  }

  @Test
  void cutsALargeTransactionIntoPiecesThatRepeatThePositionBeforeIt() {
    feed(transaction("7", 110, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10));

    assertThat(journal.size()).isGreaterThan(2);
    int last = journal.size() - 1;
    long before = 0;
    for (int i = 1; i <= last; i++) {
      assertThat(journal.get(i).sequence()).isEqualTo(new Sequence(1));
      assertThat(piece(i).piece()).isEqualTo(i - 1);
      assertThat(piece(i).changesBefore()).isEqualTo(before);
      assertThat(piece(i).last()).isEqualTo(i == last);
      assertThat(journal.get(i).position()).isEqualTo(new Lsn(i == last ? 110 : 100));
      before += piece(i).changes().size();
    }
    assertThat(before).isEqualTo(10);
  }

  @Test
  void dropsWhatTheTailAlreadyHolds() {
    feed(transaction("7", 110, 1));
    feed(transaction("7", 110, 1), transaction("8", 120, 2));

    assertThat(journal).extracting(r -> r.sequence().value()).containsExactly(0L, 1L, 2L);
  }

  /**
   * Its pieces are written before its end shows that it is an old one; no standby could apply them.
   */
  @Test
  void refusesALogThatBringsALargeTransactionOnceMore() {
    List<LogEvent> large = transaction("7", 110, IntStream.range(0, 100).toArray());
    feed(large);
    assertThatThrownBy(() -> feed(large))
        .isInstanceOf(MirrorException.Invariant.class)
        .hasMessageContaining("transaction 7, which was committed before, at 0/6E");
  }

  @Test
  void recordsEmptyTransactionsAsHeartbeatsAndNotMoreOftenThanAsked() {
    feed(
        empty(110, NOON.plusMillis(499)),
        empty(120, NOON.plusMillis(500)),
        empty(130, NOON.plusMillis(600)));

    assertThat(journal).hasSize(2);
    assertThat(journal.get(1).body()).isEqualTo(new Body.Heartbeat());
    assertThat(journal.get(1).position()).isEqualTo(new Lsn(120));
    assertThat(journal.get(1).sequence()).isEqualTo(Sequence.ZERO);
  }

  @Test
  void recordsAMarkerAtOnceAndOnlyOnce() {
    List<LogEvent> marked =
        List.of(
            new LogEvent.Begin("7"),
            new LogEvent.Marked("point"),
            new LogEvent.Commit(new Lsn(110), NOON));
    feed(marked);
    feed(marked, transaction("8", 120, 1));

    assertThat(journal).hasSize(3);
    assertThat(journal.get(1).body()).isEqualTo(new Body.Marker("point"));
    assertThat(journal.get(1).position()).isEqualTo(new Lsn(110));
    assertThat(journal.get(1).sequence()).isEqualTo(Sequence.ZERO);
    assertThat(journal.get(2).sequence()).isEqualTo(new Sequence(1));
  }

  @Test
  void aMarkerStandsBehindTheChangesOfItsTransaction() {
    List<LogEvent> changed = new ArrayList<>(transaction("7", 110, 1));
    changed.add(1, new LogEvent.Marked("point"));
    feed(changed);

    assertThat(piece(1).changes()).containsExactly(insert(1));
    assertThat(journal.get(2).body()).isEqualTo(new Body.Marker("point"));
    assertThat(journal.get(2).sequence()).isEqualTo(new Sequence(1));
  }

  @Test
  void aTransactionThatACrashCutShortIsReplacedByTheNext() {
    List<LogEvent> cut = new ArrayList<>(transaction("7", 110, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
    cut.set(cut.size() - 1, new LogEvent.Abandoned());
    feed(cut);
    int pieces = journal.size();
    assertThat(piece(pieces - 1).last()).isFalse();

    feed(empty(115, NOON.plusSeconds(1)), transaction("8", 120, 1));

    assertThat(journal.get(pieces).body()).isEqualTo(new Body.Heartbeat());
    assertThat(journal.get(pieces).sequence()).isEqualTo(Sequence.ZERO);
    assertThat(journal.get(pieces + 1).sequence()).isEqualTo(new Sequence(1));
    assertThat(piece(pieces + 1)).isEqualTo(new Body.Piece("8", 0, true, 0, List.of(insert(1))));
  }

  @Test
  void refusesALogThatNestsOrTearsTransactions() {
    assertThatThrownBy(() -> feed(List.of(new LogEvent.Begin("1"), new LogEvent.Begin("2"))))
        .isInstanceOf(MirrorException.Invariant.class);
    assertThatThrownBy(() -> feed(List.of(new LogEvent.Changed(insert(1)))))
        .isInstanceOf(MirrorException.Invariant.class);
  }

  /**
   * The reader dies anywhere, the source sends again what follows the tail, and what is complete in
   * the journal is still every transaction once, in order, whole.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void survivesDyingAnywhere(long seed) {
    Random random = new Random(seed);
    List<List<LogEvent>> source = new ArrayList<>();
    int value = 0;
    for (int i = 0; i < 60; i++) {
      int[] values = new int[1 + (random.nextInt(5) == 0 ? random.nextInt(40) : random.nextInt(3))];
      for (int k = 0; k < values.length; k++) {
        values[k] = value++;
      }
      source.add(transaction("x" + i, 110 + 10L * i, values));
    }
    while (complete().size() < source.size()) {
      List<LogEvent> events =
          source.subList(complete().size(), source.size()).stream().flatMap(List::stream).toList();
      feed(events.subList(0, random.nextInt(events.size() + 1)));
    }

    List<Change> sent =
        source.stream()
            .flatMap(List::stream)
            .filter(LogEvent.Changed.class::isInstance)
            .map(event -> ((LogEvent.Changed) event).change())
            .toList();
    assertThat(complete().stream().flatMap(List::stream).toList()).isEqualTo(sent);
  }

  /** What an applier would make of the journal: complete transactions only. */
  private List<List<Change>> complete() {
    List<List<Change>> complete = new ArrayList<>();
    List<Change> open = new ArrayList<>();
    int next = 0;
    for (JournalRecord record : journal) {
      if (record.body() instanceof Body.Piece piece) {
        if (piece.piece() == 0) {
          open = new ArrayList<>();
          next = 0;
        }
        assertThat(record.sequence()).isEqualTo(new Sequence(complete.size() + 1));
        assertThat(piece.piece()).isEqualTo(next++);
        assertThat(piece.changesBefore()).isEqualTo(open.size());
        open.addAll(piece.changes());
        if (piece.last()) {
          complete.add(open);
        }
      }
    }
    return complete;
  }

  @SafeVarargs
  private void feed(List<LogEvent>... events) {
    Assembler assembler =
        new Assembler(
            journal.get(journal.size() - 1),
            PIECE_BYTES,
            Duration.ofMillis(500),
            (sequence, position, time, body) ->
                journal.add(record(sequence, position, time, body)));
    for (List<LogEvent> list : events) {
      list.forEach(assembler::accept);
    }
  }

  private Body.Piece piece(int index) {
    return (Body.Piece) journal.get(index).body();
  }

  private static JournalRecord record(
      Sequence sequence, Position position, Instant time, Body body) {
    return new JournalRecord(
        new MirrorName("shop"), Epoch.FIRST, 1, sequence, position, time, body);
  }

  private static List<LogEvent> transaction(String id, long lsn, int... values) {
    List<LogEvent> events = new ArrayList<>();
    events.add(new LogEvent.Begin(id));
    for (int value : values) {
      events.add(new LogEvent.Changed(insert(value)));
    }
    events.add(new LogEvent.Commit(new Lsn(lsn), NOON));
    return events;
  }

  private static List<LogEvent> empty(long lsn, Instant time) {
    return List.of(new LogEvent.Begin("e"), new LogEvent.Commit(new Lsn(lsn), time));
  }

  private static Change insert(int value) {
    return new Change.Insert(TABLE, Row.of(new Value.Text(Integer.toString(value))));
  }
}
