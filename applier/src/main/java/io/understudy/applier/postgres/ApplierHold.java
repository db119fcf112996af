package io.understudy.applier.postgres;

import io.understudy.applier.HeldChange;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Sequence;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Optional;

/**
 * What may hold a standby's applier: a schema change that waits for a decision, somebody who paused
 * it, or another copy of some tables.
 */
final class ApplierHold {
  private final DatabaseName database;
  private final Pool pool;
  private final HeldChanges held;
  private final Ownership ownership;

  ApplierHold(DatabaseName database, Pool pool, HeldChanges held, Ownership ownership) {
    this.database = database;
    this.pool = pool;
    this.held = held;
    this.ownership = ownership;
  }

  /**
   * That the applier may go on.
   *
   * @param pausable whether a pause holds it
   */
  void requireNone(Connection connection, boolean pausable) throws SQLException {
    Optional<HeldChange> waiting = held.waiting(connection);
    if (waiting.isPresent()) {
      HeldChange change = waiting.get();
      throw held(database, change.sequence(), change.tag(), change.text(), change.why());
    }
    Optional<OffsetDateTime> paused = held.pausedSince(connection);
    if (pausable && paused.isPresent()) {
      throw new MirrorException.Held(
          database + " was paused at " + paused.get().toInstant(), "understudy resume");
    }
  }

  static MirrorException held(
      DatabaseName database, Sequence sequence, String tag, String text, String why) {
    return new MirrorException.Held(
        database
            + " waits in front of a schema change in transaction "
            + sequence
            + ": "
            + (text.isEmpty() ? tag : text)
            + " -- "
            + why,
        "remove what is in its way, then: understudy resume; or do it on "
            + database
            + " by hand, then: understudy resume --ddl-done; or leave it out: understudy resume --skip-ddl");
  }

  void requireNoRefill(Connection connection) throws SQLException {
    if (ownership.isRefilled(connection)) {
      throw new MirrorException.Held(
          "tables of " + database + " are being copied again",
          "wait for understudy init --table to end, or end it");
    }
  }

  Optional<HeldChange> change() {
    return pool.inTransaction("asking what holds the mirror", held::waiting);
  }

  boolean decide(HeldChange change, HeldChange.Way way) {
    return pool.inTransaction(
        "deciding about a schema change", connection -> held.decide(connection, change, way));
  }

  boolean isPaused() {
    return pool.inTransaction(
        "asking whether it is paused", connection -> held.pausedSince(connection).isPresent());
  }

  boolean setPaused(boolean paused) {
    return pool.inTransaction(
        "pausing or resuming", connection -> held.setPaused(connection, paused));
  }
}
