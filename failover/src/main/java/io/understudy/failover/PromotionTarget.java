package io.understudy.failover;

import java.util.List;

/** The standby that is to become the source. */
public interface PromotionTarget {

  /**
   * Checks that this database holds a complete copy and was applied from the mirror's journal;
   * changes nothing.
   *
   * @throws io.understudy.journal.MirrorException.Refused if not
   */
  void requireStandby();

  /**
   * Takes the applier's role over and applies the journal up to {@code offset}, which is that of
   * the seal.
   */
  void drainTo(long offset) throws InterruptedException;

  /**
   * Ends read-only and raises the sequences; may be repeated.
   *
   * @return a line on each thing done, for people
   */
  List<String> open();
}
