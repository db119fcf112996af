package io.understudy.journal.kafka;

import java.time.Duration;

/**
 * Every limit and wait of the journal.
 *
 * @param pieceBytes at what {@code Change.size()} a transaction is cut into pieces
 * @param recordBytes the largest journal record; bounds the largest row
 * @param fragmentBytes above what size a journal record takes several Kafka records, of so many
 *     bytes at most; fewer if the topic takes less
 * @param retention how long the topic keeps records when it is made: how long a standby may be away
 * @param call the most that one call to Kafka may take, retries included: {@code max.block.ms},
 *     {@code delivery.timeout.ms}, {@code default.api.timeout.ms}
 * @param request the most that one request within a call may take: {@code request.timeout.ms}
 * @param retry the first pause before a request is repeated: {@code retry.backoff.ms}; Kafka lets
 *     it grow to a second
 * @param close the most that closing a client may take
 * @param transaction after what time the broker gives up a dead writer's open Kafka transaction, if
 *     nobody takes over before
 * @param claim how long a fenced writer waits for its successor to show itself in the journal
 * @param settle how long taking over waits for open Kafka transactions on the topic to end
 * @param idle after what silence a reader asks whether the broker and the topic are still there
 * @param fetchWait how long the broker may hold a fetch back that has nothing to return: {@code
 *     fetch.max.wait.ms}
 * @param fetchBytes bytes of a fetch, compressed: {@code fetch.max.bytes}
 * @param pollRecords the most records that one poll of a reader returns
 * @param pollBytes after how many encoded bytes a poll returns; at least one record comes
 */
public record JournalLimits(
    int pieceBytes,
    int recordBytes,
    int fragmentBytes,
    Duration retention,
    Duration call,
    Duration request,
    Duration retry,
    Duration close,
    Duration transaction,
    Duration claim,
    Duration settle,
    Duration idle,
    Duration fetchWait,
    int fetchBytes,
    int pollRecords,
    int pollBytes) {
  /** The least {@code max.message.bytes} of a topic: two of the writer's batches. */
  public static final int LEAST_MESSAGE_BYTES = 512 * 1024;

  public static final JournalLimits DEFAULT =
      new JournalLimits(
          512 * 1024,
          1024 * 1024 * 1024,
          4 * 1024 * 1024,
          Duration.ofDays(7),
          Duration.ofSeconds(20),
          Duration.ofSeconds(5),
          Duration.ofMillis(10),
          Duration.ofSeconds(5),
          Duration.ofSeconds(60),
          Duration.ofSeconds(10),
          Duration.ofSeconds(70),
          Duration.ofSeconds(5),
          Duration.ofMillis(500),
          4 * 1024 * 1024,
          1000,
          4 * 1024 * 1024);

  /** These limits with what a mirror's configuration may choose. */
  public JournalLimits with(int newPieceBytes, Duration newRetention) {
    return new JournalLimits(
        newPieceBytes,
        recordBytes,
        fragmentBytes,
        newRetention,
        call,
        request,
        retry,
        close,
        transaction,
        claim,
        settle,
        idle,
        fetchWait,
        fetchBytes,
        pollRecords,
        pollBytes);
  }

  /** The topic's {@code max.message.bytes} when it is made: fragments, with room for more. */
  public int messageBytes() {
    return Math.multiplyExact(2, fragmentBytes);
  }
}
