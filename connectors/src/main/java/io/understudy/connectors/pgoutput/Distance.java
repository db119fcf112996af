package io.understudy.connectors.pgoutput;

import io.understudy.connectors.slot.LogHost;
import io.understudy.journal.postgres.Lsn;

/**
 * Decides between streaming and bites. Bites need a slot that moves on behind them: where the
 * server refused one, or the slot did not move, only streaming gets on.
 */
final class Distance {
  private final LogHost host;
  private final Acknowledgements acknowledgements;
  private final long biteBehind;
  private boolean refused;
  private Lsn stuck;

  Distance(LogHost host, Acknowledgements acknowledgements, long biteBehind) {
    this.host = host;
    this.acknowledgements = acknowledgements;
    this.biteBehind = biteBehind;
  }

  /** Whether the log's end is so far behind {@code read} that bites are faster. */
  boolean isFar(Lsn read) {
    if (refused || (stuck != null && !acknowledgements.durable().isAfter(stuck))) {
      return false;
    }
    return host.end().bytesSince(read).orElseThrow() > biteBehind;
  }

  /** No bites any more. */
  void refuse() {
    refused = true;
  }

  /** No bites before something behind {@code durable} is in the journal. */
  void stuckAt(Lsn durable) {
    stuck = durable;
  }
}
