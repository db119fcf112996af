package io.understudy.app.chaos;

import io.understudy.connectors.JournalSink;
import io.understudy.journal.Body;
import io.understudy.journal.JournalRecord;
import io.understudy.journal.Position;
import io.understudy.journal.Sequence;
import io.understudy.journal.codec.RecordCodec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A way into the journal with none of its guards: no transactional.id, no look at what is there. It
 * writes under the epoch and term of the tail it was given.
 */
final class UncheckedSink implements JournalSink {
  private final JournalRecord tail;
  private final Runnable closeReal;
  private final RecordCodec codec = new RecordCodec();
  private final KafkaProducer<byte[], byte[]> producer;
  private final List<JournalRecord> pending = new ArrayList<>();

  private UncheckedSink(JournalRecord tail, Runnable closeReal, String bootstrapServers) {
    this.tail = tail;
    this.closeReal = closeReal;
    this.producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrapServers, "acks", "all"),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  /** Goes on behind {@code tail} as if it were the journal's end; claims it as any writer does. */
  static UncheckedSink behind(JournalRecord tail, String bootstrapServers) {
    UncheckedSink sink = new UncheckedSink(tail, () -> {}, bootstrapServers);
    sink.append(tail.complete(), tail.position(), tail.commitTime(), new Body.Heartbeat());
    sink.commit();
    return sink;
  }

  /**
   * Takes the last record but one for the journal's end. It keeps the position of the last, because
   * the source would refuse to go back behind what was acknowledged.
   */
  static JournalSink withShortTail(JournalSink real, String bootstrapServers) {
    JournalRecord last = real.tail();
    if (last.complete().value() < 2) {
      return real;
    }
    JournalRecord oneBefore =
        new JournalRecord(
            last.mirror(),
            last.epoch(),
            last.term(),
            new Sequence(last.complete().value() - 1),
            last.position(),
            last.commitTime(),
            new Body.Heartbeat());
    return new UncheckedSink(oneBefore, real::close, bootstrapServers);
  }

  @Override
  public JournalRecord tail() {
    return tail;
  }

  @Override
  public void append(Sequence sequence, Position position, Instant commitTime, Body body) {
    pending.add(
        new JournalRecord(
            tail.mirror(), tail.epoch(), tail.term(), sequence, position, commitTime, body));
  }

  @Override
  public void commit() {
    List<Future<RecordMetadata>> sent = pending.stream().map(this::send).toList();
    pending.clear();
    producer.flush();
    if (!sent.stream().allMatch(Future::isDone)) {
      throw new IllegalStateException("sabotage failed: not all was sent");
    }
  }

  private Future<RecordMetadata> send(JournalRecord record) {
    return producer.send(
        new ProducerRecord<>(tail.mirror().journalTopic(), 0, null, codec.encode(record)));
  }

  @Override
  public void close() {
    closeReal.run();
    producer.close();
  }
}
