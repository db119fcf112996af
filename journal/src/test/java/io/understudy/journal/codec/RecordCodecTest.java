package io.understudy.journal.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.understudy.journal.Body;
import io.understudy.journal.Change;
import io.understudy.journal.Column;
import io.understudy.journal.Epoch;
import io.understudy.journal.JournalRecord;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import io.understudy.journal.Relation;
import io.understudy.journal.Row;
import io.understudy.journal.Sequence;
import io.understudy.journal.TableName;
import io.understudy.journal.Value;
import io.understudy.journal.postgres.Lsn;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordCodecTest {
  private static final long OFFSET = 4711;
  private static final Relation NOTES =
      new Relation(new TableName("public", "notes"), List.of(new Column("line", "text", false)));

  private final RecordCodec codec = new RecordCodec();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "transaction",
        "first-piece",
        "last-piece",
        "truncate",
        "schema-change",
        "sequence-value",
        "heartbeat",
        "marker",
        "seal"
      })
  void writesAndReadsTheGoldenFile(String name) throws IOException {
    byte[] golden = golden(name);
    JournalRecord record = GoldenRecords.ALL.get(name);
    assertThat(HexFormat.of().formatHex(codec.encode(record)))
        .isEqualTo(HexFormat.of().formatHex(golden));
    assertThat(codec.decode(golden, OFFSET)).isEqualTo(record);
  }

  @Test
  void readsBackWhatItWrote() {
    for (long seed = 0; seed < 300; seed++) {
      JournalRecord record = new RandomRecords(seed).next();
      byte[] bytes = codec.encode(record);
      assertThat(codec.decode(bytes, OFFSET)).as("seed %d", seed).isEqualTo(record);
      assertThat(codec.encode(codec.decode(bytes, OFFSET))).as("seed %d", seed).isEqualTo(bytes);
    }
  }

  @Test
  void refusesEveryFlippedBitAndEveryTruncation() {
    for (String name : GoldenRecords.ALL.keySet()) {
      byte[] good = codec.encode(GoldenRecords.ALL.get(name));
      for (int bit = 0; bit < good.length * 8; bit++) {
        byte[] bad = good.clone();
        bad[bit / 8] ^= (byte) (1 << (bit % 8));
        assertRefused(bad, "%s with bit %d flipped", name, bit);
      }
      for (int length = 0; length < good.length; length++) {
        assertRefused(Arrays.copyOf(good, length), "%s cut to %d bytes", name, length);
      }
      assertRefused(Arrays.copyOf(good, good.length + 1), "%s with a byte more", name);
    }
  }

  /** As if something with a right checksum, but wrong in itself, had been written. */
  @Test
  void answersDamageUnderARightChecksumWithARecordOfOneEncodingOrARefusal() {
    for (String name : GoldenRecords.ALL.keySet()) {
      byte[] good = codec.encode(GoldenRecords.ALL.get(name));
      byte[] content = Arrays.copyOf(good, good.length - 4);
      for (int at = 0; at < content.length; at++) {
        for (int value : new int[] {0, 1, 2, 5, 0x7F, 0x80, 0x81, 0xFF, content[at] + 1}) {
          byte[] bad = content.clone();
          bad[at] = (byte) value;
          assertReadsOrRefuses(summed(bad), name, at, value);
        }
      }
      for (int length = 0; length < content.length; length++) {
        assertRefused(summed(Arrays.copyOf(content, length)), "%s cut to %d", name, length);
      }
      assertRefused(summed(Arrays.copyOf(content, content.length + 1)), "%s and a byte", name);
    }
  }

  @Test
  void saysWhatIsWrongAndWhere() throws IOException {
    byte[] newer = golden("heartbeat");
    newer[2] = 4;
    assertThatThrownBy(() -> codec.decode(newer, OFFSET))
        .isInstanceOf(MirrorException.Invariant.class)
        .hasMessageContaining("offset 4711")
        .hasMessageContaining("format version 4, known is 3");

    byte[] reserved = Arrays.copyOf(golden("heartbeat"), golden("heartbeat").length - 4);
    reserved[3] = 5;
    assertThatThrownBy(() -> codec.decode(summed(reserved), OFFSET))
        .isInstanceOf(MirrorException.Invariant.class)
        .hasMessageContaining("at byte 3, records of kind 5 are unknown");
  }

  @Test
  void refusesToWriteASurrogateThatStandsAlone() {
    for (String alone : List.of("\uD834", "a\uD834b", "\uDD1E", "\uD834\uD834\uDD1E")) {
      assertThatThrownBy(() -> new Value.Text(alone))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("a surrogate stands alone");
      assertThatThrownBy(() -> codec.encode(record(new Body.Marker(alone))))
          .isInstanceOf(MirrorException.Invariant.class)
          .hasMessageContaining("position 0/2A");
    }
  }

  @Test
  void keepsTextThatHoldsTheReplacementCharacterAndNul() {
    JournalRecord record = insert(new Value.Text("\uFFFD\0\uFFFD"));
    assertThat(codec.decode(codec.encode(record), OFFSET)).isEqualTo(record);
  }

  @Test
  void refusesTextThatIsNotUtf8() {
    byte[] bytes = codec.encode(insert(new Value.Text("needle")));
    byte[] content = Arrays.copyOf(bytes, bytes.length - 4);
    content[new String(content, StandardCharsets.ISO_8859_1).indexOf("needle")] = (byte) 0xC0;
    assertThatThrownBy(() -> codec.decode(summed(content), OFFSET))
        .isInstanceOf(MirrorException.Invariant.class)
        .hasMessageContaining("not valid UTF-8");
  }

  @Test
  void handsOutTheSameRelationForTheSameTable() {
    Relation first = relationOf(codec.decode(codec.encode(insert(Value.NULL)), OFFSET));
    Relation second = relationOf(codec.decode(codec.encode(insert(Value.NULL)), OFFSET));
    assertThat(second).isSameAs(first);
  }

  @Test
  void carriesTablesOfNoColumnAndOfAsManyAsPostgresqlAllows() {
    for (int width : new int[] {0, 1, 1600}) {
      List<Column> columns =
          IntStream.range(0, width)
              .mapToObj(i -> new Column("column_" + i, "character varying(20)", false))
              .toList();
      Relation relation = new Relation(new TableName("public", "t" + width), columns);
      Row first = new Row(Collections.nCopies(width, new Value.Text("first")));
      Row second = new Row(Collections.nCopies(width, Value.NULL));
      JournalRecord record =
          record(
              new Body.Piece(
                  "7",
                  0,
                  true,
                  0,
                  List.of(
                      new Change.Insert(relation, first),
                      new Change.Insert(NOTES, Row.of(Value.NULL)),
                      new Change.Update(relation, Optional.of(first), second),
                      new Change.Delete(relation, second),
                      new Change.Truncate(List.of(relation, NOTES)))));
      assertThat(codec.decode(codec.encode(record), OFFSET)).isEqualTo(record);
    }
  }

  @Test
  void isOneAndTheSameInPartsOfAnySize() {
    JournalRecord record = insert(new Value.Bytes(new byte[300_000]));
    byte[] whole = codec.encode(record);
    assertThat(codec.decode(whole, OFFSET)).isEqualTo(record);
    for (int size : new int[] {1, 4096, 65_536, whole.length - 1, whole.length, 1_000_000}) {
      ByteBuffer together = ByteBuffer.allocate(whole.length);
      codec.inParts(record).cut(size).forEachRemaining(together::put);
      assertThat(together.array()).isEqualTo(whole);
    }
  }

  private void assertReadsOrRefuses(byte[] bytes, String name, int at, int value) {
    try {
      assertThat(codec.encode(codec.decode(bytes, OFFSET)))
          .as("%s with byte %d set to %d", name, at, value)
          .isEqualTo(bytes);
    } catch (MirrorException.Invariant refused) {
      assertThat(refused).hasMessageContaining("offset 4711");
    }
  }

  private void assertRefused(byte[] bytes, String description, Object... arguments) {
    assertThat(catchThrowable(() -> codec.decode(bytes, OFFSET)))
        .as(description, arguments)
        .isInstanceOf(MirrorException.Invariant.class);
  }

  private static JournalRecord insert(Value value) {
    return record(
        new Body.Piece("7", 0, true, 0, List.of(new Change.Insert(NOTES, Row.of(value)))));
  }

  private static JournalRecord record(Body body) {
    return new JournalRecord(
        new MirrorName("shop"),
        Epoch.FIRST,
        1,
        new Sequence(1),
        Lsn.parse("0/2A"),
        Instant.EPOCH,
        body);
  }

  private static Relation relationOf(JournalRecord record) {
    return ((Body.Piece) record.body()).changes().get(0).relations().get(0);
  }

  private static byte[] summed(byte[] content) {
    CRC32C crc = new CRC32C();
    crc.update(content);
    byte[] bytes = Arrays.copyOf(content, content.length + 4);
    for (int i = 0; i < 4; i++) {
      bytes[content.length + i] = (byte) (crc.getValue() >>> (8 * (3 - i)));
    }
    return bytes;
  }

  private static byte[] golden(String name) throws IOException {
    try (InputStream in = RecordCodecTest.class.getResourceAsStream("/golden/" + name + ".hex")) {
      StringBuilder hex = new StringBuilder();
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .forEach(line -> hex.append(line.replace(" ", "")));
      return HexFormat.of().parseHex(hex);
    }
  }
}
