package io.understudy.app.run;

import io.understudy.connectors.JournalSink;
import io.understudy.journal.Body;
import io.understudy.journal.Epoch;
import io.understudy.journal.JournalRecord;
import io.understudy.journal.Position;
import io.understudy.journal.Sequence;
import io.understudy.journal.kafka.Journal;
import io.understudy.journal.kafka.JournalWriter;
import java.time.Instant;
import java.util.function.Supplier;

/**
 * Takes the journal over for a reader: the first time from whoever has it, later only if nobody
 * else has claimed it since. Owned by the reader's thread.
 */
final class JournalTakeOver implements Supplier<JournalSink> {
  private final Journal journal;
  private final String topicId;
  private final Epoch epoch;
  private JournalWriter last;

  JournalTakeOver(Journal journal, String topicId, Epoch epoch) {
    this.journal = journal;
    this.topicId = topicId;
    this.epoch = epoch;
  }

  @Override
  public JournalSink get() {
    last = last == null ? journal.takeOver(topicId) : last.takeOverAgain();
    return new Sink(last, last.claim(epoch).record());
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
