package io.understudy.applier;

import io.understudy.journal.Body;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.JournalEntry;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import io.understudy.journal.Sequence;
import io.understudy.journal.VerificationMark;
import java.time.Duration;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

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

  private static final Duration LOOK_FOR_PAUSE = Duration.ofSeconds(1);

  private final MirrorName mirror;
  private final DatabaseName database;
  private final Standby standby;
  private final JournalFeed.Journal journal;
  private final ApplierLimits limits;
  private final String owner;
  private boolean tookOver;

  /** Of a drain that is to stop before the journal's end. */
  private Sequence lastWanted;

  /** Whether the last reign ended so: the next one may end in the same moment, over and over. */
  private boolean held;

  private String trouble = "";
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
   * Applies everything up to the seal at {@code offset}, and returns; passes those before it. Takes
   * no role over if that was applied before.
   *
   * @throws MirrorException.Invariant if the record there is not a seal
   */
  public Progress drainTo(long offset) throws InterruptedException {
    Progress before = standby.progress().orElse(null);
    ApplierState state = ApplierState.SEALED;
    while (state == ApplierState.SEALED && (before == null || before.offset() < offset)) {
      state = reign(OptionalLong.of(offset), () -> {});
      before = status.applied().orElseThrow();
    }
    if (before.offset() < offset) {
      throw new MirrorException.Transient(
          "applying the journal to " + database + " was stopped before offset " + offset, null);
    }
    return before;
  }

  /**
   * Applies everything up to and including transaction {@code last}, and returns.
   *
   * @throws MirrorException.Refused if more was applied before
   */
  public Progress drainTo(Sequence last) throws InterruptedException {
    lastWanted = last;
    Progress before = standby.progress().orElseThrow();
    ApplierState state = ApplierState.SEALED;
    while (state == ApplierState.SEALED && before.sequence().compareTo(last) < 0) {
      state = reign(OptionalLong.of(Long.MAX_VALUE), () -> {});
      before = status.applied().orElseThrow();
    }
    if (!before.sequence().equals(last)) {
      throw new MirrorException.Refused(
          database
              + " stands at transaction "
              + before.sequence()
              + " and cannot go to transaction "
              + last,
          "name a later point, or another standby that is not as far yet");
    }
    return before;
  }

  private ApplierState reign(OptionalLong until, Runnable onFollowing) throws InterruptedException {
    if (status.state() != ApplierState.STARTING) {
      become(ApplierState.STARTING, "run again");
    }
    try (StandbySession session = openSession(until.isPresent())) {
      Progress from = session.progress();
      status = status.at(from);
      if (until.isPresent() && isThere(from, until.getAsLong())) {
        return status.state(); // the former holder of the role got there meanwhile
      }
      try (JournalFeed feed = journal.openBehind(from.topicId(), from.offset())) {
        held = false;
        become(ApplierState.FOLLOWING, "behind sequence " + from.sequence());
        onFollowing.run();
        follow(session, feed, until);
      }
      return status.state();
    } catch (RuntimeException | InterruptedException e) {
      held = e instanceof MirrorException.Held;
      become(ApplierState.BROKEN, e.getMessage() == null ? e.toString() : e.getMessage());
      throw e;
    }
  }

  private void follow(StandbySession session, JournalFeed feed, OptionalLong until)
      throws InterruptedException {
    AlreadyCopied copied =
        new AlreadyCopied(
            session.copied(),
            session.schemaAt(),
            journal,
            session.progress().topicId(),
            limits,
            () -> stopping);
    Replay replay =
        new Replay(mirror, session, copied, limits, commit -> status = status.after(commit));
    replay.completeCopy();
    VerificationStops stops =
        new VerificationStops(database, standby.rendezvous(), journal, limits, () -> stopping);
    long nextLook = System.nanoTime();
    while (!stopping) {
      if (until.isEmpty() && System.nanoTime() - nextLook >= 0) {
        requireNotPaused();
        nextLook = System.nanoTime() + LOOK_FOR_PAUSE.toNanos();
      }
      if (step(replay, session, stops, feed, until)) {
        become(ApplierState.SEALED, "for " + replay.sealedFor().orElseThrow());
        return;
      }
    }
    become(ApplierState.STOPPED, "asked to");
  }

  private void requireNotPaused() {
    if (standby.isPaused()) {
      throw new MirrorException.Held(database + " was paused", "understudy resume");
    }
  }

  /** Returns whether a seal was applied. */
  private boolean step(
      Replay replay,
      StandbySession session,
      VerificationStops stops,
      JournalFeed feed,
      OptionalLong until)
      throws InterruptedException {
    for (JournalEntry entry : feed.poll(limits.pollTimeout())) {
      if (stopping) {
        return false; // what is not complete yet is read again
      }
      requireNotPast(until, entry);
      if (isBehindWanted(entry)) {
        replay.flush();
        stopping = true;
        return false;
      }
      replay.accept(entry);
      for (VerificationStops.Stop stop : stops.due(entry, session.progress().topicId())) {
        replay.flush();
        if (replay.isOfOneMoment()) {
          meet(stop, session);
        } else {
          log.info("verification={} database={}: tables are ahead", stop.id(), database);
        }
      }
      if (replay.sealedFor().isPresent()) {
        return true;
      }
    }
    replay.flush();
    return false;
  }

  private void meet(VerificationStops.Stop at, StandbySession session) {
    if (at.purpose() == VerificationMark.Purpose.REPAIR) {
      session.repair(at.id());
    } else {
      standby.rendezvous().orElseThrow().show(at.id(), session.progress());
    }
    log.info(
        "verification={} database={} purpose={} sequence={}",
        at.id(),
        database,
        at.purpose(),
        session.progress().sequence());
  }

  private StandbySession openSession(boolean completes) {
    if (tookOver) {
      return standby.resume(owner);
    }
    StandbySession session =
        completes ? standby.takeOverThoughPaused(owner) : standby.takeOver(owner);
    tookOver = true;
    return session;
  }

  /** The end may come sooner than the journal's: where the last transaction is that was wanted. */
  private boolean isThere(Progress at, long until) {
    return lastWanted == null ? at.offset() >= until : at.sequence().compareTo(lastWanted) >= 0;
  }

  private boolean isBehindWanted(JournalEntry entry) {
    return lastWanted != null
        && entry.record().body() instanceof Body.Piece
        && entry.record().sequence().compareTo(lastWanted) > 0;
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
    boolean news = !held || (next == ApplierState.BROKEN && !why.equals(trouble));
    if (next == ApplierState.BROKEN) {
      trouble = why;
    }
    log.atLevel(news ? Level.INFO : Level.DEBUG)
        .log("applier database={} state={} from={} why={}", database, next, from, why);
  }
}
