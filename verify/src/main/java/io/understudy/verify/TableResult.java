package io.understudy.verify;

import io.understudy.journal.TableName;
import java.time.Duration;
import java.util.List;

/**
 * What came of one table.
 *
 * @param rows compared, by the source's count
 * @param bytes of their texts, on the source
 * @param time from its first query to its last
 * @param compared its columns, {@code written} those of them that can be written, and {@code key}
 *     those that tell rows apart; what repairing needs to know
 * @param differences up to the limit
 * @param complete whether there are no more than these
 * @param detail why it was not compared, or what was left out; may be empty
 */
public record TableResult(
    TableName table,
    Outcome outcome,
    long rows,
    long bytes,
    Duration time,
    List<String> compared,
    List<String> written,
    List<String> key,
    List<RowDifference> differences,
    boolean complete,
    String detail) {
  public TableResult {
    compared = List.copyOf(compared);
    written = List.copyOf(written);
    key = List.copyOf(key);
    differences = List.copyOf(differences);
  }

  /** In a word. */
  public enum Outcome {
    IDENTICAL,
    DIFFERENT,
    /** It changed under the snapshot; a later one can show it. */
    AGAIN,
    /** It cannot be compared: see the detail. */
    NOT_COMPARED
  }

  static TableResult notCompared(TableName table, Outcome outcome, String detail) {
    return new TableResult(
        table,
        outcome,
        0,
        0,
        Duration.ZERO,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        true,
        detail);
  }
}
