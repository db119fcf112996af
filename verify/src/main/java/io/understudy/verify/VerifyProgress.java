package io.understudy.verify;

import io.understudy.journal.TableName;
import java.util.Map;

/** Told how far a comparison is; from several threads, also at the same time. */
public interface VerifyProgress {

  /** What there is to compare, and the bytes that each takes on the source's disk. */
  void planned(Map<TableName, Long> bytes);

  /**
   * A part of a table is done.
   *
   * @param share of the table that is, from 0 to 1, roughly
   */
  void compared(TableName table, double share);

  /** A table is done. */
  void done(TableResult result);
}
