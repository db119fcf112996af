package io.understudy.connectors;

import java.time.Duration;

/**
 * The reader's limits.
 *
 * @param pieceBytes a transaction's changes are cut into pieces of about this many bytes
 * @param pollTimeout how long one look at the log may wait; also how quickly a stop is noticed
 * @param gather for how long one commit of the journal may gather what keeps coming
 * @param heartbeat how often the source's log is made to move
 * @param missedBeats how many heartbeats in a row may fail before the reader starts over
 * @param silence after how long without any event the reader asks the server whether it still has a
 *     session
 */
public record ReaderLimits(
    int pieceBytes,
    Duration pollTimeout,
    Duration gather,
    Duration heartbeat,
    int missedBeats,
    Duration silence) {

  /** Pieces of 512 KiB, a heartbeat every second. */
  public static final ReaderLimits DEFAULT =
      new ReaderLimits(
          512 * 1024,
          Duration.ofMillis(200),
          Duration.ofMillis(100),
          Duration.ofSeconds(1),
          10,
          Duration.ofSeconds(15));

  public ReaderLimits {
    if (pieceBytes < 1024) {
      throw new IllegalArgumentException("pieces of " + pieceBytes + " bytes are below 1024");
    }
    if (heartbeat.isNegative() || heartbeat.isZero()) {
      throw new IllegalArgumentException("a heartbeat every " + heartbeat);
    }
  }
}
