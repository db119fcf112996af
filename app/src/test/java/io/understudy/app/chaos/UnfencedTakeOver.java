package io.understudy.app.chaos;

import io.understudy.connectors.JournalSink;
import io.understudy.journal.Body;
import io.understudy.journal.JournalRecord;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Position;
import io.understudy.journal.Sequence;
import java.time.Instant;
import java.util.function.Supplier;

/**
 * A reader's way into the journal that does not care about having been superseded: it goes on
 * behind the last record of its own, past all guards.
 */
final class UnfencedTakeOver implements Supplier<JournalSink> {
  private final Supplier<JournalSink> real;
  private final String bootstrapServers;
  private JournalRecord last;

  UnfencedTakeOver(Supplier<JournalSink> real, String bootstrapServers) {
    this.real = real;
    this.bootstrapServers = bootstrapServers;
  }

  @Override
  public JournalSink get() {
    try {
      JournalSink sink = real.get();
      last = sink.tail();
      return new Remembering(sink);
    } catch (MirrorException.Superseded e) {
      return UncheckedSink.behind(last, bootstrapServers);
    }
  }

  /** Keeps in mind how far it came, and passes being superseded off as a lost connection. */
  private final class Remembering implements JournalSink {
    private final JournalSink sink;
    private JournalRecord appended;

    Remembering(JournalSink sink) {
      this.sink = sink;
    }

    @Override
    public JournalRecord tail() {
      return sink.tail();
    }

    @Override
    public void append(Sequence sequence, Position position, Instant commitTime, Body body) {
      appended =
          new JournalRecord(
              last.mirror(), last.epoch(), last.term(), sequence, position, commitTime, body);
      passOff(() -> sink.append(sequence, position, commitTime, body));
    }

    @Override
    public void commit() {
      passOff(sink::commit);
      last = appended;
    }

    private void passOff(Runnable action) {
      try {
        action.run();
      } catch (MirrorException.Superseded e) {
        throw new MirrorException.Transient("sabotaged: goes on although another took over", e);
      }
    }

    @Override
    public void close() {
      sink.close();
    }
  }
}
