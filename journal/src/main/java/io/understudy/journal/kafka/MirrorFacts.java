package io.understudy.journal.kafka;

import io.understudy.journal.DatabaseName;
import io.understudy.journal.Epoch;
import java.time.Instant;
import java.util.Optional;

/**
 * What identifies a mirror's two ends and what state it is in; compared at each start.
 *
 * @param source the database that is the source in this epoch
 * @param engine {@code postgresql}, …
 * @param system the source's system identifier or server UUID
 * @param timeline the branch of its history; constant for engines that have none
 * @param keeper what keeps the log for this mirror on the source
 * @param journalTopicId Kafka's id of the journal topic
 * @param target the database that becomes the source, while {@code state} is about one
 * @param since when this source became the source, or the mirror was made
 */
public record MirrorFacts(
    Epoch epoch,
    DatabaseName source,
    String engine,
    String system,
    long timeline,
    String keeper,
    String journalTopicId,
    State state,
    Optional<DatabaseName> target,
    Instant since) {

  /**
   * Stored before the actions that belong to it, so that an interrupted one is resumed. What leads
   * from one to the next is the table of module {@code failover}.
   */
  public enum State {
    /** {@code init} is preparing source and standbys; nothing may run yet. */
    INITIALIZING,
    MIRRORING,
    /** Switchover: the target's log is being made fit to be read. */
    PREPARING,
    /** Switchover: the source is being shut for writers. */
    CLOSING,
    /** Switchover: the target applies what the source committed. */
    DRAINING,
    /** Switchover: the journal is being sealed, which is the point of no return. */
    SEALING,
    /** Switchover: the target is being opened. */
    OPENING,
    /** A switchover was given up: the source is being opened again. */
    REOPENING,
    /** A standby is to become the source: the journal is being taken over. */
    PROMOTING,
    /** Promotion: the journal is being sealed. */
    ENDING,
    /** Promotion: the target applies what is left, and is being opened. */
    INSTALLING,
    /** The former standby is the source, and nothing mirrors it yet. */
    PROMOTED;

    /** Whether the source of this epoch is still the source, and may be read and followed. */
    public boolean isReigning() {
      return switch (this) {
        case MIRRORING, PREPARING, CLOSING, DRAINING, SEALING, REOPENING -> true;
        default -> false;
      };
    }

    /** Whether nothing is under way that changes who the source is. */
    public boolean isResting() {
      return this == MIRRORING || this == INITIALIZING || this == PROMOTED;
    }

    /** Whether clients may write to the source of this epoch. */
    public boolean isOpen() {
      return this == MIRRORING || this == PREPARING || this == PROMOTED;
    }
  }

  public MirrorFacts in(State next, Optional<DatabaseName> nextTarget, Instant now) {
    return new MirrorFacts(
        epoch, source, engine, system, timeline, keeper, journalTopicId, next, nextTarget, now);
  }
}
