package io.understudy.app.failover;

import io.understudy.applier.Progress;
import io.understudy.connectors.Source;
import io.understudy.journal.Body;
import io.understudy.journal.JournalEntry;
import io.understudy.journal.MirrorException;
import io.understudy.journal.kafka.Journal;
import io.understudy.journal.kafka.JournalReader;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A mark in the source's log behind all that was committed there, and the wait until it has come
 * through the journal to a standby.
 */
final class Barrier implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(50);
  private static final long LOOK_MILLIS = 5;

  private final JournalReader reader;
  private final Duration limit;

  private Barrier(JournalReader reader, Duration limit) {
    this.reader = reader;
    this.limit = limit;
  }

  /** Reads the journal from its end now. */
  static Barrier open(Journal journal, String topicId, Duration limit) {
    long behind = journal.tail().map(JournalEntry::offset).orElse(-1L);
    return new Barrier(journal.openAnywhere(topicId, behind + 1), limit);
  }

  /** Marks the log, and waits until the reader has journaled the mark. */
  JournalEntry journaled(Source source, String name) {
    source.mark(name);
    long deadline = System.nanoTime() + limit.toNanos();
    while (System.nanoTime() < deadline) {
      for (JournalEntry entry : reader.poll(POLL)) {
        if (entry.record().body() instanceof Body.Marker marker && marker.name().equals(name)) {
          return new JournalEntry(
              entry.offset(), entry.appended(), entry.record().withoutChanges());
        }
      }
    }
    throw new MirrorException.Transient(
        "the reader did not journal what the source committed last within " + seconds(), null);
  }

  /** Waits until a standby has applied the record at {@code offset}. */
  Progress applied(Supplier<Optional<Progress>> standby, long offset, String name)
      throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    Optional<Progress> progress = standby.get();
    while (progress.isEmpty() || progress.get().offset() < offset) {
      if (System.nanoTime() > deadline) {
        throw new MirrorException.Transient(
            name + " did not apply what the source committed last within " + seconds(), null);
      }
      Thread.sleep(LOOK_MILLIS);
      progress = standby.get();
    }
    return progress.get();
  }

  @Override
  public void close() {
    reader.close();
  }

  private String seconds() {
    return limit.toSeconds() + " s";
  }
}
