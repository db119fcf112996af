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
 * @param since when {@code state} was entered
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

  /** Stored before the actions that belong to it, so that an interrupted one is resumed. */
  public enum State {
    /** {@code init} is preparing source and standbys; nothing may run yet. */
    INITIALIZING,
    MIRRORING,
    /** A standby is becoming the source. */
    PROMOTING,
    /** The former standby is the source, and nothing mirrors it yet. */
    PROMOTED
  }

  public MirrorFacts in(State next, Optional<DatabaseName> nextTarget, Instant now) {
    return new MirrorFacts(
        epoch, source, engine, system, timeline, keeper, journalTopicId, next, nextTarget, now);
  }
}
