package io.understudy.app.run;

import io.understudy.applier.JournalFeed;
import io.understudy.journal.JournalEntry;
import io.understudy.journal.kafka.Journal;
import io.understudy.journal.kafka.JournalReader;
import java.time.Duration;
import java.util.List;

/** The journal as an applier reads it. */
public record JournalFeeds(Journal journal) implements JournalFeed.Journal {
  @Override
  public JournalFeed openBehind(String topicId, long offset) {
    journal.check(topicId);
    return new Feed(journal.open(topicId, offset + 1));
  }

  private record Feed(JournalReader reader) implements JournalFeed {
    @Override
    public List<JournalEntry> poll(Duration timeout) {
      return reader.poll(timeout);
    }

    @Override
    public void close() {
      reader.close();
    }
  }
}
