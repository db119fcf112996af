package io.understudy.failover;

import io.understudy.journal.DatabaseName;
import io.understudy.journal.JournalEntry;

/** The journal and the state topic, as a promotion needs them. */
public interface PromotionJournal {

  Reign reign();

  /** Returns when the state is durable. */
  void store(Reign reign);

  /**
   * Fences the reader, whoever it is, and ends the epoch with a seal; if the journal's last record
   * is that seal already, returns it.
   *
   * @throws io.understudy.journal.MirrorException.Operator if the journal is sealed for another
   *     successor
   */
  JournalEntry seal(DatabaseName successor);
}
