package io.understudy.verify;

import java.sql.SQLException;
import java.util.List;

/**
 * The comparison of one pair, cut into parts that lanes take in any order and at the same time; and
 * a last part once all others are done.
 */
interface Comparison {

  /** The next part; null if there is none any more. Asked by one thread. */
  Part next(Scan planning) throws SQLException, RewrittenException, InterruptedException;

  /** What remains to be done once all parts are. */
  void finish(Lane lane) throws SQLException, RewrittenException, InterruptedException;

  /** What was compared so far, by the source. */
  Digest compared();

  /** How much of the table that is, from 0 to 1, roughly. */
  double share();

  /** All that was found. */
  List<RowDifference> differences();

  /** Whether no more differ than were found. */
  boolean complete();

  /** Some of the work. */
  interface Part {
    void run(Lane lane) throws SQLException, RewrittenException, InterruptedException;
  }
}
