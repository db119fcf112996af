package io.understudy.journal.kafka;

import static io.understudy.journal.kafka.Transactions.append;
import static io.understudy.journal.kafka.Transactions.position;
import static io.understudy.journal.kafka.Transactions.sequence;
import static io.understudy.journal.kafka.Transactions.sequences;
import static io.understudy.journal.kafka.Transactions.time;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.understudy.journal.Body;
import io.understudy.journal.Change;
import io.understudy.journal.Column;
import io.understudy.journal.Epoch;
import io.understudy.journal.JournalEntry;
import io.understudy.journal.JournalRecord;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import io.understudy.journal.Relation;
import io.understudy.journal.Row;
import io.understudy.journal.Sequence;
import io.understudy.journal.TableName;
import io.understudy.journal.Value;
import io.understudy.journal.codec.EncodedRecord;
import io.understudy.journal.codec.RecordCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Journal records that take several Kafka records. */
@ExtendWith(WithJournal.class)
class FragmentsIT {
  private static final int FRAGMENT = JournalFixture.LIMITS.fragmentBytes();

  private final JournalFixture fixture;

  FragmentsIT(JournalFixture fixture) {
    this.fixture = fixture;
  }

  @Test
  void carryRecordsOfAllSizesOverAnyChangeOfWriterAndReader() {
    MirrorName mirror = fixture.newMirror();
    try (Journal journal = fixture.journal(mirror)) {
      String topicId = fixture.begun(journal, 0);
      int[] sizes = {
        1, FRAGMENT - 200, FRAGMENT, FRAGMENT + 1, 3 * FRAGMENT, 8 * FRAGMENT - 4096, 5
      };
      List<Body> written = new ArrayList<>();
      for (int i = 0; i < sizes.length; i++) {
        try (JournalWriter writer = journal.takeOver(topicId)) {
          // The tail that was just written is where the next writer goes on.
          assertThat(sequence(writer.tail().orElseThrow())).isEqualTo(i);
          writer.claim(Epoch.FIRST);
          written.add(filled(i + 1, sizes[i]));
          writer.append(new Sequence(i + 1), position(i + 1), time(i + 1), written.get(i));
          JournalEntry last = writer.commit();
          fixture.settle(journal);
          assertThat(journal.tail()).contains(last);
        }
      }
      List<JournalEntry> entries = fixture.readAll(journal, topicId, 0);
      assertThat(bodies(entries)).isEqualTo(written);
      // Behind each entry a reader can begin, and sees what follows.
      for (int i = 0; i < entries.size() - 1; i++) {
        List<JournalEntry> rest = fixture.readAll(journal, topicId, entries.get(i).offset() + 1);
        assertThat(rest).isEqualTo(entries.subList(i + 1, entries.size()));
      }
      // The marker that begins; then of each writer its claim and its record.
      assertThat(numbersByKafka(mirror))
          .containsExactly(
              -1, -1, -1, -1, -1, -1, 0, 1, -1, 0, 1, -1, 0, 1, 2, 3, -1, 0, 1, 2, 3, 4, 5, 6, 7,
              -1, -1);
    }
  }

  @Test
  void areNotUsedForARecordThatFitsOneKafkaRecord() {
    MirrorName mirror = fixture.newMirror();
    try (Journal journal = fixture.journal(mirror)) {
      String topicId = fixture.begun(journal, 0);
      try (JournalWriter writer = journal.takeOver(topicId)) {
        writer.claim(Epoch.FIRST);
        writer.append(new Sequence(1), position(1), time(1), filled(1, FRAGMENT - 200));
        writer.commit();
      }
      fixture.settle(journal);
      List<ConsumerRecord<byte[], byte[]>> records = byKafka(mirror);
      ConsumerRecord<byte[], byte[]> last = records.get(records.size() - 1);
      assertThat(last.headers()).isEmpty();
      JournalRecord expected =
          new JournalRecord(
              mirror,
              Epoch.FIRST,
              2,
              new Sequence(1),
              position(1),
              time(1),
              filled(1, FRAGMENT - 200));
      assertThat(last.value()).isEqualTo(new RecordCodec().encode(expected));
    }
  }

  @Test
  void areFoundAtTheEndThoughTheyAreManyAndAbortedOnesStandBetween() {
    MirrorName mirror = fixture.newMirror();
    try (Journal journal = fixture.journal(mirror);
        Client one = new Client(fixture, "one", mirror);
        Client stranger = new Client(fixture, "stranger", mirror)) {
      String topicId = fixture.begun(journal, 3);
      EncodedRecord record = new RecordCodec().inParts(record(mirror, 1, 4, 40_000));
      one.begin();
      stranger.begin();
      int number = 0;
      for (Iterator<byte[]> cut = record.cut(1000); cut.hasNext(); number++) {
        for (int i = 0; i < 10; i++) {
          stranger.sendNonsense();
        }
        stranger.flush();
        one.send(cut.next(), Fragment.of(number, record));
        one.flush();
      }
      stranger.abort();
      one.commit();
      fixture.settle(journal);
      assertThat(sequence(journal.tail().orElseThrow())).isEqualTo(4);
      List<JournalEntry> entries = fixture.readAll(journal, topicId, 0);
      assertThat(sequences(entries)).containsExactly(1L, 2L, 3L, 4L);
      assertThat(entries.get(4).record()).isEqualTo(record(mirror, 1, 4, 40_000));
      try (JournalWriter writer = journal.takeOver(topicId)) {
        writer.claim(Epoch.FIRST);
        append(writer, 5, 5);
        writer.commit();
      }
    }
  }

  @Test
  void stopTheReaderAndTheTailWhenOneIsMissing() {
    MirrorName mirror = fixture.newMirror();
    try (Journal journal = fixture.journal(mirror);
        Client one = new Client(fixture, "one", mirror)) {
      String topicId = fixture.begun(journal, 3);
      EncodedRecord record = new RecordCodec().inParts(record(mirror, 1, 4, 5_000));
      List<byte[]> parts = new ArrayList<>();
      record.cut(1000).forEachRemaining(parts::add);
      one.begin();
      for (int number : new int[] {0, 1, 3, 4, 5}) {
        one.send(parts.get(number), Fragment.of(number, record));
      }
      one.commit();
      fixture.settle(journal);
      List<ConsumerRecord<byte[], byte[]>> records = byKafka(mirror);
      long bad = records.get(records.size() - 3).offset();
      assertThatThrownBy(() -> pollAll(journal, topicId, 0))
          .isInstanceOf(MirrorException.Invariant.class)
          .hasMessageContaining("at offset " + bad + " of topic " + mirror.journalTopic())
          .hasMessageContaining("is fragment 3, where fragment 2")
          .hasMessageContaining("at offset " + (bad - 1));
      assertThatThrownBy(journal::tail)
          .isInstanceOf(MirrorException.Invariant.class)
          .hasMessageContaining("offset");
      assertThatThrownBy(() -> journal.takeOver(topicId))
          .isInstanceOf(MirrorException.Invariant.class);
      assertThatThrownBy(() -> pollAll(journal, topicId, bad))
          .isInstanceOf(MirrorException.Invariant.class)
          .hasMessageContaining("is fragment 3, where a journal record should begin");
    }
  }

  @Test
  void shrinkToWhatATopicTakes() {
    MirrorName mirror = fixture.newMirror();
    try (Journal journal = fixture.journal(mirror, JournalLimits.DEFAULT)) {
      String topicId = fixture.begun(journal, 0);
      setMaxMessageBytes(mirror, JournalLimits.LEAST_MESSAGE_BYTES);
      journal.check(topicId);
      Body noise = filled(1, 3_000_000);
      try (JournalWriter writer = journal.takeOver(topicId)) {
        writer.claim(Epoch.FIRST);
        writer.append(new Sequence(1), position(1), time(1), noise);
        writer.commit();
      }
      // As an earlier version made topics: such a record went in one.
      setMaxMessageBytes(mirror, 32 * 1024 * 1024);
      byte[] whole = new RecordCodec().encode(record(mirror, 2, 2, 10_000_000));
      try (Client one = new Client(fixture, "one", mirror)) {
        one.begin();
        one.send(whole);
        one.commit();
      }
      fixture.settle(journal);
      assertThat(sequence(journal.tail().orElseThrow())).isEqualTo(2);
      assertThat(bodies(fixture.readAll(journal, topicId, 0)))
          .containsExactly(noise, record(mirror, 2, 2, 10_000_000).body());
    }
  }

  @Test
  void endAtOneGibibyteWithTheTableAndTheSize() {
    List<Column> columns =
        IntStream.range(0, 17).mapToObj(i -> new Column("c" + i, "text", i == 0)).toList();
    Relation wide = new Relation(new TableName("public", "scans"), columns);
    byte[] text = new byte[64 << 20];
    java.util.Arrays.fill(text, (byte) 'x');
    List<Value> values = java.util.Collections.nCopies(17, new Value.Text(text));
    Body body = new Body.Piece("1", 0, true, 0, List.of(new Change.Insert(wide, new Row(values))));
    try (Journal journal = fixture.journal(fixture.newMirror(), JournalLimits.DEFAULT)) {
      String topicId = fixture.begun(journal, 0);
      try (JournalWriter writer = journal.takeOver(topicId)) {
        writer.claim(Epoch.FIRST);
        assertThatThrownBy(() -> writer.append(new Sequence(1), position(1), time(1), body))
            .isInstanceOf(MirrorException.Operator.class)
            .hasMessageContaining("table public.scans")
            .hasMessageMatching(".*a record of 11408\\d+ bytes is needed.*takes 1073741824")
            .extracting(e -> ((MirrorException) e).remedy())
            .asString()
            .contains("tables.exclude");
      }
    }
  }

  private static void pollAll(Journal journal, String topicId, long from) {
    try (JournalReader reader = journal.open(topicId, from)) {
      for (int i = 0; i < 100; i++) {
        reader.poll(Duration.ofMillis(200));
      }
    }
  }

  private static List<Body> bodies(List<JournalEntry> entries) {
    return entries.stream()
        .map(entry -> entry.record().body())
        .filter(Body.Piece.class::isInstance)
        .toList();
  }

  private static JournalRecord record(MirrorName mirror, long term, long n, int filler) {
    return new JournalRecord(
        mirror, Epoch.FIRST, term, new Sequence(n), position(n), time(n), filled(n, filler));
  }

  /** Does not compress. */
  private static Body filled(long n, int filler) {
    byte[] noise = new byte[filler];
    Random random = new Random(n);
    for (int i = 0; i < filler; i++) {
      noise[i] = (byte) ('!' + random.nextInt(90));
    }
    return Transactions.piece(n, 0, true, 0, 1, new String(noise, StandardCharsets.US_ASCII));
  }

  /** What any client of Kafka sees: of each record the number of its fragment, or -1. */
  private List<Integer> numbersByKafka(MirrorName mirror) {
    return byKafka(mirror).stream()
        .map(record -> Fragment.of(record).map(Fragment::number).orElse(-1))
        .toList();
  }

  private List<ConsumerRecord<byte[], byte[]>> byKafka(MirrorName mirror) {
    TopicPartition partition = new TopicPartition(mirror.journalTopic(), 0);
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                fixture.broker().bootstrapServers(),
                "isolation.level",
                "read_committed"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.assign(Set.of(partition));
      consumer.seekToBeginning(Set.of(partition));
      long end = consumer.endOffsets(Set.of(partition)).get(partition);
      while (consumer.position(partition) < end) {
        consumer.poll(Duration.ofSeconds(1)).forEach(records::add);
      }
    }
    return records;
  }

  private void setMaxMessageBytes(MirrorName mirror, int bytes) {
    ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, mirror.journalTopic());
    AlterConfigOp set =
        new AlterConfigOp(
            new ConfigEntry("max.message.bytes", Integer.toString(bytes)),
            AlterConfigOp.OpType.SET);
    fixture.admin(admin -> admin.incrementalAlterConfigs(Map.of(topic, List.of(set))).all());
  }
}
