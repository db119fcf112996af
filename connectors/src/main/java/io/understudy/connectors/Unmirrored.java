package io.understudy.connectors;

import java.util.Optional;

/**
 * Something in the source that the mirror leaves out: no obstacle, but nobody should learn of it
 * after a promotion.
 *
 * @param objects what it is about, named or counted: "materialized view public.totals"
 * @param consequence a sentence that goes on behind them
 * @param remedy what to do about it
 * @param statement SQL that does it when it is run there as it stands
 */
public record Unmirrored(
    String objects, String consequence, String remedy, Optional<String> statement) {
  public Unmirrored(String objects, String consequence, String remedy) {
    this(objects, consequence, remedy, Optional.empty());
  }
}
