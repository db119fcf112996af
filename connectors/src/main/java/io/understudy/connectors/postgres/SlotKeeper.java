package io.understudy.connectors.postgres;

import io.understudy.connectors.Obstacle;
import io.understudy.journal.MirrorException;
import io.understudy.journal.postgres.Lsn;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Finds the mirror's slot in a state to read from, or says what is wrong with it. Frees it from a
 * former reader of this mirror, never from anybody else.
 */
final class SlotKeeper {
  private static final Duration WAIT_FOR_RELEASE = Duration.ofSeconds(10);
  private static final Duration WAIT_FOR_LEAVING = Duration.ofSeconds(2);
  private static final long LOOK_AGAIN_MILLIS = 50;
  private static final String INIT =
      "make the mirror anew, which copies the rows once more: understudy init --again";

  private final Names names;
  private final Address address;

  SlotKeeper(Names names, Address address) {
    this.names = names;
    this.address = address;
  }

  /**
   * @param after the journal's tail: the slot must still hold all that follows
   */
  void requireReadable(Connection connection, Lsn after) throws SQLException {
    Slot slot = requireSlot(connection);
    requireNoGap(slot, after);
    release(connection, true);
    requireNoGap(requireSlot(connection), after);
  }

  /** The check that remains once the slot is held by the reader itself. */
  void requireNoGap(Connection connection, Lsn after) throws SQLException {
    requireNoGap(requireSlot(connection), after);
  }

  /** Whether the slot is as it was made, at {@code start}, and nobody holds it. */
  boolean isUntouched(Connection connection, Lsn start) throws SQLException {
    return Slot.find(connection, names.slot())
        .filter(slot -> !slot.isActive() && slot.lost().isEmpty())
        .filter(slot -> "pgoutput".equals(slot.plugin()))
        .filter(slot -> address.database().equals(slot.database()))
        .flatMap(Slot::confirmed)
        .filter(start::equals)
        .isPresent();
  }

  /** What of a slot that is there stands in the way of reading it. */
  List<Obstacle> obstacles(Connection connection) throws SQLException {
    Optional<Slot> slot = Slot.find(connection, names.slot());
    if (slot.isPresent() && isOfAnother(slot.get())) {
      return List.of(
          new Obstacle(
              "replication slot " + names.slot(),
              "belongs to " + owner(slot.get()) + " of the same server",
              "a server has one slot of a name, for all its databases",
              elsewhere()));
    }
    List<Obstacle> found = new ArrayList<>();
    if (slot.isPresent() && !slot.get().lost().isEmpty()) {
      found.add(
          new Obstacle(
              "replication slot " + names.slot(),
              "was invalidated by the server (" + slot.get().lost() + ")",
              "the log that the journal lacks is gone",
              INIT));
    }
    int pid = slot.map(Slot::activePid).orElse(0);
    Optional<Holder> holder = pid == 0 ? Optional.empty() : Holder.find(connection, pid);
    if (holder.isPresent() && !holder.get().application().equals(names.readerSession())) {
      found.add(
          Obstacle.removedBy(
              "SELECT pg_terminate_backend(" + pid + ")",
              ", and see that this consumer does not come back",
              "replication slot " + names.slot(),
              "is in use by " + holder.get(),
              "what that one reads and acknowledges, this mirror does not get"));
    }
    return found;
  }

  /** Checks that the name is free, or the slot one of this database: another's is left alone. */
  void requireNoneOfAnother(Connection connection) throws SQLException {
    Optional<Slot> slot = Slot.find(connection, names.slot());
    if (slot.isPresent() && isOfAnother(slot.get())) {
      throw new MirrorException.Operator(
          "replication slot "
              + names.slot()
              + " on "
              + address
              + " belongs to "
              + owner(slot.get())
              + " of the same server",
          elsewhere());
    }
  }

  /** Whether there is a slot, of this database. */
  boolean hasOwn(Connection connection) throws SQLException {
    return Slot.find(connection, names.slot()).filter(slot -> !isOfAnother(slot)).isPresent();
  }

  /** Drops this database's slot if there is one, and ends a reader that holds it. */
  void dropOwn(Connection connection) throws SQLException {
    if (Slot.find(connection, names.slot()).filter(this::isOfAnother).isEmpty()) {
      drop(connection, true);
    }
  }

  private boolean isOfAnother(Slot slot) {
    return !address.database().equals(slot.database());
  }

  private String elsewhere() {
    return "let the databases of a mirror be on different servers; if nobody reads that slot any"
        + " more: SELECT pg_drop_replication_slot('"
        + names.slot()
        + "')";
  }

  private static String owner(Slot slot) {
    return slot.database() == null ? "no database" : "database " + slot.database();
  }

  private Slot requireSlot(Connection connection) throws SQLException {
    Slot slot =
        Slot.find(connection, names.slot())
            .orElseThrow(
                () ->
                    operator(
                        "is gone; what was committed since it was dropped is not in the journal"));
    if (!slot.lost().isEmpty()) {
      throw operator("was invalidated by the server (" + slot.lost() + ")");
    }
    if (!"pgoutput".equals(slot.plugin()) || !address.database().equals(slot.database())) {
      throw operator("belongs to plugin " + slot.plugin() + " and database " + slot.database());
    }
    if (slot.confirmed().isEmpty()) {
      throw operator("was never finished");
    }
    return slot;
  }

  private void requireNoGap(Slot slot, Lsn after) {
    Lsn confirmed = slot.confirmed().orElseThrow();
    if (confirmed.isAfter(after)) {
      OptionalLong missing = confirmed.bytesSince(after);
      throw new MirrorException.Invariant(
          "replication slot "
              + names.slot()
              + " on "
              + address
              + " moved ahead of the journal's tail: it stands at "
              + confirmed
              + ", the tail at "
              + after
              + ", "
              + missing.orElseThrow()
              + " bytes of log are missing",
          INIT);
    }
  }

  /**
   * As {@link #requireReadable}, of a database that was the source.
   *
   * @throws MirrorException.Refused if what it committed last cannot be told any more
   */
  void requireHolds(Connection connection, Lsn after) throws SQLException {
    String lost = lost(Slot.find(connection, names.slot()), after);
    if (!lost.isEmpty()) {
      throw new MirrorException.Refused(
          "replication slot "
              + names.slot()
              + " on "
              + address
              + " "
              + lost
              + ": what was committed there last cannot be told",
          "make this database anew, which replaces what it holds: understudy init --again");
    }
    release(connection, true);
  }

  /** What became of a slot that was to hold all behind {@code after}; empty if it does. */
  private static String lost(Optional<Slot> slot, Lsn after) {
    if (slot.isEmpty()) {
      return "is gone";
    }
    if (!slot.get().lost().isEmpty()) {
      return "was invalidated by the server (" + slot.get().lost() + ")";
    }
    return slot.get().confirmed().filter(at -> !at.isAfter(after)).isPresent()
        ? ""
        : "has let go of what follows " + after;
  }

  /** Ends a reader of this mirror, and waits until nobody holds the slot. */
  void seize(Connection connection) throws SQLException {
    release(connection, true);
  }

  /** Waits until nobody holds the slot, ending a reader of this mirror if {@code seize}. */
  private void release(Connection connection, boolean seize) throws SQLException {
    long deadline = System.nanoTime() + WAIT_FOR_RELEASE.toNanos();
    if (seize) {
      // One that reads in bites holds the slot only now and then.
      for (Holder own : Holder.named(connection, names.readerSession())) {
        own.terminate(connection);
      }
    } else {
      requireNoReader(connection);
    }
    int terminated = 0;
    for (int pid = holder(connection); pid != 0; pid = holder(connection)) {
      Optional<Holder> holder = Holder.find(connection, pid);
      if (holder.isPresent() && pid != terminated) {
        requireOwn(holder.get(), seize);
        holder.get().terminate(connection);
        terminated = pid;
      }
      if (System.nanoTime() > deadline) {
        throw new MirrorException.Transient(
            "a former reader still holds replication slot "
                + names.slot()
                + " on "
                + address
                + " in process "
                + pid,
            null);
      }
      pause();
    }
  }

  /** Such as one that reads in bites. A session that is leaving is given a moment. */
  private void requireNoReader(Connection connection) throws SQLException {
    long deadline = System.nanoTime() + WAIT_FOR_LEAVING.toNanos();
    List<Holder> readers = Holder.named(connection, names.readerSession());
    while (!readers.isEmpty()) {
      if (System.nanoTime() > deadline) {
        requireOwn(readers.get(0), false);
      }
      pause();
      readers = Holder.named(connection, names.readerSession());
    }
  }

  /** The process that holds the slot; 0 for none. */
  private int holder(Connection connection) throws SQLException {
    return Slot.find(connection, names.slot()).map(Slot::activePid).orElse(0);
  }

  private void requireOwn(Holder holder, boolean seize) {
    boolean own = holder.application().equals(names.readerSession());
    if (!own || !seize) {
      throw new MirrorException.Operator(
          "replication slot " + names.slot() + " on " + address + " is in use by " + holder,
          own
              ? "stop the reader of mirror " + names.mirror() + " first"
              : "end that consumer, for example with SELECT pg_terminate_backend("
                  + holder.pid()
                  + ")");
    }
  }

  /**
   * Drops the slot if there is one.
   *
   * @param seize whether a reader of this mirror that holds it is ended first
   */
  void drop(Connection connection, boolean seize) throws SQLException {
    release(connection, seize);
    if (Slot.find(connection, names.slot()).isEmpty()) {
      return;
    }
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT pg_drop_replication_slot(?)")) {
      statement.setString(1, names.slot());
      statement.execute();
    }
  }

  private MirrorException operator(String problem) {
    return new MirrorException.Operator(
        "replication slot " + names.slot() + " on " + address + " " + problem, INIT);
  }

  private static void pause() {
    try {
      Thread.sleep(LOOK_AGAIN_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MirrorException.Transient("interrupted while a slot was being released", e);
    }
  }
}
