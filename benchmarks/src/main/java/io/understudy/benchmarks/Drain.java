package io.understudy.benchmarks;

import io.understudy.connectors.InitialCopy;
import io.understudy.connectors.JournalSink;
import io.understudy.connectors.LogReader;
import io.understudy.connectors.Reader;
import io.understudy.connectors.ReaderLimits;
import io.understudy.connectors.SchemaChanges;
import io.understudy.connectors.SchemaHistory;
import io.understudy.connectors.Source;
import io.understudy.connectors.SourceSettings;
import io.understudy.connectors.TablePatterns;
import io.understudy.journal.Body;
import io.understudy.journal.DatabaseSettings;
import io.understudy.journal.Epoch;
import io.understudy.journal.JournalEntry;
import io.understudy.journal.JournalRecord;
import io.understudy.journal.MirrorName;
import io.understudy.journal.Position;
import io.understudy.journal.Sequence;
import io.understudy.journal.kafka.Journal;
import io.understudy.journal.kafka.JournalLimits;
import io.understudy.journal.kafka.JournalReader;
import io.understudy.journal.kafka.JournalWriter;
import io.understudy.journal.kafka.KafkaSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** One reader with a slot and a journal of its own, which takes a backlog in. */
final class Drain implements AutoCloseable {
  /** The defaults of {@code mirror.yaml}. */
  private static final int MAX_BATCH_CHANGES = 8192;

  private static final long MAX_BATCH_BYTES = 16 << 20;
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final String name;
  private final Source source;
  private final Journal journal;
  private final String topic;

  /** Makes slot and journal; the backlog is what is committed from here on. */
  Drain(String name, LogReader reader, long biteBehind, DatabaseSettings database, String brokers) {
    this.name = name;
    MirrorName mirror = new MirrorName(name);
    this.source =
        Source.of(
            mirror,
            new SourceSettings(
                database,
                new TablePatterns(List.of("public.*"), List.of()),
                reader,
                SchemaChanges.IGNORE,
                MAX_BATCH_CHANGES,
                MAX_BATCH_BYTES,
                biteBehind,
                SchemaHistory.NONE));
    this.journal =
        Journal.connect(mirror, KafkaSettings.cluster(brokers, Map.of(), 1), JournalLimits.DEFAULT);
    this.topic = journal.create();
    try (InitialCopy copy = source.prepare(1);
        JournalWriter writer = journal.takeOver(topic)) {
      writer.first(Epoch.FIRST, copy.position(), Instant.now());
    }
  }

  String name() {
    return name;
  }

  /** How long it takes until the journal has all that the source's log has now. */
  Duration run() throws InterruptedException {
    Position end = source.logEnd().position();
    Reader reader =
        new Reader(source, source.identity(), this::takeOver, ReaderLimits.DEFAULT, () -> {});
    Thread thread = new Thread(() -> run(reader), "bench-" + name);
    long began = System.nanoTime();
    thread.start();
    // The reader's heartbeat is a commit behind the end.
    while (reader.acknowledged().filter(done -> done.isAfter(end)).isEmpty()) {
      if (!thread.isAlive() || System.nanoTime() - began > PATIENCE.toNanos()) {
        throw new IllegalStateException("reader " + name + " did not come to the end");
      }
      Thread.sleep(1);
    }
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    reader.stop();
    thread.join();
    return took;
  }

  private static void run(Reader reader) {
    try {
      reader.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private JournalSink takeOver() {
    JournalWriter writer = journal.takeOver(topic);
    return new Sink(writer, writer.claim(Epoch.FIRST).record());
  }

  /** How many row changes the journal holds. */
  long changes() {
    Sequence last = journal.tail().orElseThrow().record().complete();
    long changes = 0;
    try (JournalReader reader = journal.open(topic, journal.firstOffset())) {
      for (Sequence seen = Sequence.ZERO; seen.compareTo(last) < 0; ) {
        for (JournalEntry entry : reader.poll(Duration.ofSeconds(1))) {
          if (entry.record().body() instanceof Body.Piece piece) {
            changes += piece.changes().size();
          }
          seen = entry.record().complete();
        }
      }
    }
    return changes;
  }

  @Override
  public void close() {
    journal.close();
    source.forget();
    source.close();
  }

  private record Sink(JournalWriter writer, JournalRecord tail) implements JournalSink {
    @Override
    public void append(Sequence sequence, Position position, Instant commitTime, Body body) {
      writer.append(sequence, position, commitTime, body);
    }

    @Override
    public void commit() {
      writer.commit();
    }

    @Override
    public void close() {
      writer.close();
    }
  }
}
