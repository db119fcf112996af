package io.understudy.verify;

import java.util.List;
import java.util.Map;

/**
 * A row that is not the same on both sides.
 *
 * @param identity what repairing goes by: the key's values, or the row's two hashes
 * @param key the key's columns and values, as the server prints them; empty for a table without one
 * @param columns those that differ; empty unless the row is there on both sides
 * @param text of a row of a table without a key, cut where it is long; otherwise empty
 * @param onSource how many rows alike the source has, always 1 at most with a key
 * @param onStandby how many the standby has
 */
public record RowDifference(
    Kind kind,
    List<String> identity,
    Map<String, String> key,
    List<String> columns,
    String text,
    long onSource,
    long onStandby) {
  public RowDifference {
    identity = List.copyOf(identity);
    key = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(key));
    columns = List.copyOf(columns);
  }

  /** In what way. */
  public enum Kind {
    /** The standby lacks it, or has fewer of it. */
    MISSING,
    /** The standby alone has it, or has more of it. */
    EXTRA,
    /** Both have it, not alike. */
    DIFFERENT
  }
}
