package io.understudy.connectors;

import io.understudy.journal.Relation;

/**
 * Rows of a table that are copied in one go. All parts of a table together are all its rows, each
 * once.
 *
 * @param fromPage the first page of the table's file, counted from 0; for engines that copy tables
 *     whole, 0
 * @param toPage the page before which the part ends; {@link Long#MAX_VALUE} for the last part
 * @param bytes about what the part takes on the source's disk, for progress only
 */
public record CopyPart(Relation table, long fromPage, long toPage, long bytes) {

  public static CopyPart whole(Relation table, long bytes) {
    return new CopyPart(table, 0, Long.MAX_VALUE, bytes);
  }

  public boolean isWhole() {
    return fromPage == 0 && toPage == Long.MAX_VALUE;
  }
}
