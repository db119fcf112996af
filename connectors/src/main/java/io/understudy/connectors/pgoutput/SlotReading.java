package io.understudy.connectors.pgoutput;

import io.understudy.connectors.slot.LogHost;
import io.understudy.connectors.slot.SlotSettings;

/**
 * What a slot is read with, whether as a stream or in bites. It belongs to the thread that reads;
 * the two ways take turns, and what one of them read the other goes on behind.
 */
record SlotReading(
    SlotSettings settings,
    LogHost host,
    Session session,
    Decoder decoder,
    Handover handover,
    Acknowledgements acknowledgements,
    Distance distance,
    Mode mode) {

  /** The server has given the slot to this reader. */
  void holds(Mode.State how) {
    host.holdingSlot(decoder.committed());
    mode.become(how, decoder.committed());
  }

  /** Nothing happens if the slot is not held. */
  void holdsNoMore() {
    mode.become(Mode.State.NEITHER, decoder.committed());
  }
}
