package io.understudy.applier;

import io.understudy.journal.JournalEntry;
import io.understudy.journal.MirrorException;
import java.time.Duration;
import java.util.List;

/** The journal's records in their order, from one place on. Owned by one thread. */
public interface JournalFeed extends AutoCloseable {

  /**
   * The next records, all that are at hand up to the feed's limit; empty if none came within {@code
   * timeout}.
   *
   * @throws MirrorException by its kind; after one, only {@link #close()} may be called
   */
  List<JournalEntry> poll(Duration timeout) throws InterruptedException;

  @Override
  void close();

  /** A journal that can be read from any place. */
  interface Journal {

    /**
     * @param topicId Kafka's id of the topic in which {@code offset} counts
     * @param offset of the last record not to be read
     * @throws MirrorException.Invariant if the topic is another one by now, or does not keep the
     *     next record any more
     */
    JournalFeed openBehind(String topicId, long offset);
  }
}
