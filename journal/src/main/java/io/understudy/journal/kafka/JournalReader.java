package io.understudy.journal.kafka;

import io.understudy.journal.JournalEntry;
import io.understudy.journal.MirrorException;
import java.time.Duration;
import java.util.List;

/**
 * Reads committed records in order, from an offset on. Owned by one thread. Each record is checked
 * against the one before it: what comes out has dense sequences and pieces, epochs and terms that
 * never fall, positions that never go back. The first one is only checked for not being in the
 * middle of a transaction: whoever resumes compares its sequence with its own. Joins no consumer
 * group; where it stands is the caller's to keep.
 */
public final class JournalReader implements AutoCloseable {
  JournalReader() {}

  /**
   * The next records; empty if none came within {@code timeout}. Bounded by {@code pollRecords} and
   * {@code pollBytes}.
   *
   * @throws MirrorException.Invariant on a gap, a damaged record, or one that does not follow
   * @throws MirrorException.Operator if the topic is gone, or reading it is not allowed
   * @throws MirrorException.Transient if the brokers do not answer. After any of these only {@link
   *     #close} may be called
   */
  public List<JournalEntry> poll(Duration timeout) {
    return Stub.soon();
  }

  @Override
  public void close() {
    Stub.soon();
  }
}
