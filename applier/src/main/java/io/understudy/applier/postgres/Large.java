package io.understudy.applier.postgres;

import io.understudy.applier.RowChange;
import io.understudy.journal.Row;

/** Rows of which a statement's parameters would need several copies in memory. */
final class Large {
  private static final long LEAST_BYTES = 256 * 1024;

  private Large() {}

  static boolean is(RowChange change) {
    return size(change.identity()) + size(change.values()) >= LEAST_BYTES;
  }

  private static long size(Row row) {
    return row == null ? 0 : row.size();
  }
}
