package io.understudy.app.status;

import io.understudy.applier.Progress;
import io.understudy.connectors.LogEnd;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.JournalEntry;
import io.understudy.journal.MirrorException;
import io.understudy.journal.kafka.StateStore;
import java.util.Optional;

/**
 * What status asks. Each method may block and may throw {@link MirrorException}; each is called by
 * one thread at a time, different ones at once.
 */
public interface MirrorEnds extends AutoCloseable {

  StateStore.Facts facts();

  /** The journal's last record. */
  Optional<JournalEntry> tail();

  LogEnd logEnd(DatabaseName source);

  /** Empty if {@code init} did not complete there. */
  Optional<Progress> progress(DatabaseName standby);

  @Override
  void close();
}
