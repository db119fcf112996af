package io.understudy.connectors;

import io.understudy.journal.Body;
import io.understudy.journal.JournalRecord;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Position;
import io.understudy.journal.Sequence;
import java.time.Instant;

/**
 * The journal as its one writer sees it: what the reader needs of it. Owned by one thread.
 *
 * <p>Every method throws {@link MirrorException}: superseded when another writer took the journal,
 * transient when the outcome is not known; then only {@link #close()} may be called, and the next
 * sink's tail tells what was written.
 */
public interface JournalSink extends AutoCloseable {

  /** The last record of the journal when this sink took it over. */
  JournalRecord tail();

  void append(Sequence sequence, Position position, Instant commitTime, Body body);

  /** Makes all that was appended durable and visible, at once. */
  void commit();

  @Override
  void close();
}
