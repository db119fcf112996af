package io.understudy.journal.kafka;

import io.understudy.journal.MirrorException;
import io.understudy.journal.codec.EncodedRecord;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * The log as a writer needs it: an end that can be read, and an exclusive right to append that can
 * be taken. Everything throws {@link MirrorException} by its kind.
 */
interface JournalLog {

  /** The tail as readers see it now. */
  Tail tail();

  /**
   * The tail once nothing is undecided behind it. Only after {@link #takeOver}; until the next one
   * nobody can add to it.
   */
  Tail settledTail();

  /** Takes the right to append from whoever has it, and discards what that one left uncommitted. */
  Holding takeOver();

  /** The right to append. Owned by one thread. */
  interface Holding extends AutoCloseable {

    /** The largest record that the log takes, in encoded bytes. */
    int maxRecordBytes();

    /**
     * @throws Lost if the right seems to be another's by now
     */
    void append(EncodedRecord record, Optional<UUID> claim);

    /**
     * Where the last record went.
     *
     * @throws Lost if the right seems to be another's by now
     */
    Appended commit();

    /** Aborts what is open. */
    @Override
    void close();

    /** Lets go without another word to the log. */
    void drop();
  }

  /** Where a record is, and when it was stamped. */
  record Appended(long offset, Instant at) {}

  /** The log did not take a record from this writer. Never leaves the package. */
  final class Lost extends RuntimeException {
    private static final long serialVersionUID = 1;

    Lost(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
