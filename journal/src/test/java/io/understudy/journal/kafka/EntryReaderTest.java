package io.understudy.journal.kafka;

import static io.understudy.journal.kafka.Transactions.position;
import static io.understudy.journal.kafka.Transactions.time;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.understudy.journal.Epoch;
import io.understudy.journal.JournalEntry;
import io.understudy.journal.JournalRecord;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import io.understudy.journal.Sequence;
import io.understudy.journal.codec.EncodedRecord;
import io.understudy.journal.codec.RecordCodec;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class EntryReaderTest {
  private static final int FRAGMENT = 1000;

  private final RecordCodec codec = new RecordCodec();

  @Test
  void putsRecordsOfAllSizesTogetherAgain() {
    for (int filler : new int[] {0, 1, 900, 999, 1000, 1001, 1999, 5000, 200_000, 70_001}) {
      List<ConsumerRecord<byte[], byte[]>> records = records(1, filler, 40);
      EntryReader reader = new EntryReader();
      for (int i = 0; i < records.size() - 1; i++) {
        assertThat(reader.accept(records.get(i))).isEmpty();
      }
      JournalEntry entry = reader.accept(records.get(records.size() - 1)).orElseThrow();
      assertThat(entry.offset()).isEqualTo(40 + records.size() - 1);
      assertThat(entry.record()).isEqualTo(record(1, filler));
    }
  }

  @Test
  void answersEveryDamageWithARefusalThatNamesTheOffset() {
    for (long seed = 0; seed < 500; seed++) {
      Random dice = new Random(seed);
      List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>(records(1, 8_000, 0));
      int victim = dice.nextInt(records.size());
      int kind = dice.nextInt(5);
      switch (kind) {
        case 0 -> records.remove(victim);
        case 1 -> records.add(victim, records.get(victim));
        case 2 -> records.set(victim, records(2, 8_000, 0).get(victim));
        case 3 -> records.add(1 + victim % 8, records(2, 1, 99).get(0));
        default -> {
          int other = (victim + 1 + dice.nextInt(records.size() - 1)) % records.size();
          java.util.Collections.swap(records, victim, other);
        }
      }
      // What is missing at the end shows with what follows.
      records.addAll(records(3, 1, 100));
      assertThatThrownBy(() -> readAll(records))
          .as("seed %d, kind %d of record %d", seed, kind, victim)
          .isInstanceOf(MirrorException.Invariant.class)
          .hasMessageMatching(".*at offset \\d+ .*");
    }
  }

  @Test
  void saysWhichFragmentIsMissing() {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>(records(1, 8_000, 40));
    records.remove(5);
    assertThatThrownBy(() -> readAll(records))
        .isInstanceOf(MirrorException.Invariant.class)
        .hasMessage(
            "the record at offset 46 of topic t is fragment 6, where fragment 5 of the journal record is due "
                + "of which fragment 4 is at offset 44");
    assertThatThrownBy(() -> readAll(records.subList(3, 5)))
        .isInstanceOf(MirrorException.Invariant.class)
        .hasMessage(
            "the record at offset 43 of topic t is fragment 3, where a journal record should begin");
  }

  @Test
  void refusesAHeaderThatSaysNothingOrTooMuch() {
    ConsumerRecord<byte[], byte[]> good = records(1, 1, 7).get(0);
    good.headers().add("fragment", new byte[3]);
    assertThatThrownBy(() -> new EntryReader().accept(good))
        .isInstanceOf(MirrorException.Invariant.class)
        .hasMessageContaining("offset 7")
        .hasMessageContaining("of another form");
    for (int total : new int[] {0, -1, Integer.MAX_VALUE}) {
      ConsumerRecord<byte[], byte[]> bad = records(1, 1, 7).get(0);
      bad.headers().add(new Fragment(0, total, 0).header());
      assertThatThrownBy(() -> new EntryReader().accept(bad))
          .isInstanceOf(MirrorException.Invariant.class)
          .hasMessageContaining("is a fragment of a record of " + total + " bytes");
    }
  }

  private static List<JournalEntry> readAll(List<ConsumerRecord<byte[], byte[]>> records) {
    EntryReader reader = new EntryReader();
    return records.stream().map(reader::accept).flatMap(Optional::stream).toList();
  }

  private List<ConsumerRecord<byte[], byte[]>> records(long n, int filler, long offset) {
    EncodedRecord encoded = codec.inParts(record(n, filler));
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    int number = 0;
    for (Iterator<byte[]> cut = encoded.cut(FRAGMENT); cut.hasNext(); number++) {
      ConsumerRecord<byte[], byte[]> record = consumed(offset + number, cut.next());
      if (encoded.length() > FRAGMENT) {
        record.headers().add(Fragment.of(number, encoded).header());
      }
      records.add(record);
    }
    return records;
  }

  private static ConsumerRecord<byte[], byte[]> consumed(long offset, byte[] value) {
    return new ConsumerRecord<>(
        "t",
        0,
        offset,
        1_000,
        TimestampType.CREATE_TIME,
        0,
        value.length,
        new byte[0],
        value,
        new RecordHeaders(),
        Optional.empty());
  }

  private static JournalRecord record(long n, int filler) {
    return new JournalRecord(
        new MirrorName("shop"),
        Epoch.FIRST,
        1,
        new Sequence(n),
        position(n),
        time(n),
        Transactions.piece(n, 0, true, 0, 1, "x".repeat(filler)));
  }
}
