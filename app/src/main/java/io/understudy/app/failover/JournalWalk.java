package io.understudy.app.failover;

import io.understudy.journal.JournalEntry;
import io.understudy.journal.kafka.Journal;
import io.understudy.journal.kafka.JournalReader;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Reads the journal from its beginning, which may be in the middle of a transaction, to where it
 * ends now.
 */
public final class JournalWalk {
  private static final Duration POLL = Duration.ofMillis(500);

  private JournalWalk() {}

  /**
   * @param visitor returns whether to go on
   */
  public static void over(Journal journal, Predicate<JournalEntry> visitor) {
    Optional<JournalEntry> tail = journal.tail();
    if (tail.isEmpty()) {
      return;
    }
    long end = tail.get().offset();
    try (JournalReader reader = journal.openAnywhere(journal.check(), journal.firstOffset())) {
      while (true) {
        for (JournalEntry entry : reader.poll(POLL)) {
          if (!visitor.test(entry) || entry.offset() >= end) {
            return;
          }
        }
      }
    }
  }
}
