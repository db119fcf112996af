package io.understudy.journal.kafka;

import io.understudy.journal.JournalRecord;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import java.util.UUID;

/**
 * By what a writer tells whether it is still the journal's, or another one was put in its place.
 *
 * @param term the highest term that was none of another's doing: the tail's when it took over, or
 *     its own once it has claimed
 * @param claim the mark on the records by which it claims and seals
 */
record Standing(long term, UUID claim) {

  /** Once this is true it stays true. */
  boolean supersededBy(Tail tail) {
    return tail.term() > term && !tail.claim().equals(java.util.Optional.of(claim));
  }

  /**
   * @throws MirrorException.Superseded naming the record that tells
   */
  void requireNotSupersededBy(Tail tail, MirrorName mirror) {
    if (supersededBy(tail)) {
      JournalRecord record = tail.entry().orElseThrow().record();
      throw new MirrorException.Superseded(
          "another writer has taken over the journal of mirror "
              + mirror
              + ": this one held term "
              + term
              + ", the journal is at term "
              + record.term()
              + " of epoch "
              + record.epoch()
              + " since offset "
              + tail.entry().orElseThrow().offset()
              + " or earlier");
    }
  }
}
