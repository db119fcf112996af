package io.understudy.applier;

import io.understudy.journal.DatabaseName;
import io.understudy.journal.JournalEntry;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one standby in step with the journal. One thread runs one {@link #run reign} at a time:
 * take the role over, read the progress row, open the journal behind it, and go on until stopped,
 * sealed, or until something fails. After a transient failure it may be run again, and starts from
 * the progress row, which alone tells what was applied.
 *
 * <p>The role is taken over once. A later reign of the same applier only goes on if nobody else has
 * taken it since: a process that slept through its replacement never takes the role back.
 */
public final class Applier {
  private static final Logger log = LoggerFactory.getLogger(Applier.class);

  private final MirrorName mirror;
  private final DatabaseName database;
  private final Standby standby;
  private final JournalFeed.Journal journal;
  private final ApplierLimits limits;
  private final String owner;
  private boolean tookOver;
  private volatile boolean stopping;
  private volatile ApplierStatus status = ApplierStatus.INITIAL;

  /**
   * @param owner a name that no other applier ever used, not even in an earlier process
   */
  public Applier(
      MirrorName mirror,
      DatabaseName database,
      Standby standby,
      JournalFeed.Journal journal,
      ApplierLimits limits,
      String owner) {
    this.mirror = mirror;
    this.database = database;
    this.standby = standby;
    this.journal = journal;
    this.limits = limits;
    this.owner = owner;
  }

  public ApplierStatus status() {
    return status;
  }

  /** Lets {@link #run} return soon; from any thread. */
  public void stop() {
    stopping = true;
  }

  /**
   * Follows the journal until stopped or until a seal is applied.
   *
   * @param onFollowing called on this thread once the role is held and the journal is open
   * @return the state it ended in: stopped, or sealed
   * @throws MirrorException whatever ended this reign
   */
  public ApplierState run(Runnable onFollowing) throws InterruptedException {
    return reign(OptionalLong.empty(), onFollowing);
  }

  /**
   * Applies everything up to the seal at {@code offset}, and returns. Takes no role over if that
   * was applied before.
   *
   * @throws MirrorException.Invariant if the record there is not a seal
   */
  public Progress drainTo(long offset) throws InterruptedException {
    Progress before = standby.progress().orElse(null);
    if (before == null || before.offset() < offset) {
      reign(OptionalLong.of(offset), () -> {});
      before = status.applied().orElseThrow();
    }
    if (before.offset() < offset) {
      throw new MirrorException.Transient(
          "applying the journal to " + database + " was stopped before offset " + offset, null);
    }
    return before;
  }

  private ApplierState reign(OptionalLong until, Runnable onFollowing) throws InterruptedException {
    if (status.state() != ApplierState.STARTING) {
      become(ApplierState.STARTING, "run again");
    }
    try (StandbySession session = openSession()) {
      Progress from = session.progress();
      status = status.at(from);
      try (JournalFeed feed = journal.openBehind(from.topicId(), from.offset())) {
        become(ApplierState.FOLLOWING, "behind sequence " + from.sequence());
        onFollowing.run();
        follow(session, feed, until);
      }
      return status.state();
    } catch (RuntimeException | InterruptedException e) {
      become(ApplierState.BROKEN, e.getMessage() == null ? e.toString() : e.getMessage());
      throw e;
    }
  }

  private void follow(StandbySession session, JournalFeed feed, OptionalLong until)
      throws InterruptedException {
    Replay replay = new Replay(mirror, session, limits, commit -> status = status.after(commit));
    while (!stopping) {
      if (step(replay, feed, until)) {
        become(ApplierState.SEALED, "for " + replay.sealedFor().orElseThrow());
        return;
      }
    }
    become(ApplierState.STOPPED, "asked to");
  }

  /** Returns whether a seal was applied. */
  private boolean step(Replay replay, JournalFeed feed, OptionalLong until)
      throws InterruptedException {
    for (JournalEntry entry : feed.poll(limits.pollTimeout())) {
      if (stopping) {
        return false; // what is not complete yet is read again
      }
      requireNotPast(until, entry);
      replay.accept(entry);
      if (replay.sealedFor().isPresent()) {
        return true;
      }
    }
    replay.flush();
    return false;
  }

  private StandbySession openSession() {
    if (tookOver) {
      return standby.resume(owner);
    }
    StandbySession session = standby.takeOver(owner);
    tookOver = true;
    return session;
  }

  private void requireNotPast(OptionalLong until, JournalEntry entry) {
    if (until.isPresent() && entry.offset() > until.getAsLong()) {
      throw new MirrorException.Invariant(
          "draining the journal of mirror "
              + mirror
              + " to "
              + database
              + ": no seal at offset "
              + until.getAsLong()
              + ", the next record is at "
              + entry.offset(),
          "promote again: it reads the journal's end anew");
    }
  }

  private void become(ApplierState next, String why) {
    ApplierState from = status.state();
    if (!from.leadsTo(next)) {
      throw new IllegalStateException("an applier cannot go from " + from + " to " + next);
    }
    status = status.in(next, why);
    log.info("applier database={} state={} from={} why={}", database, next, from, why);
  }
}
