package io.understudy.app.verify;

import io.understudy.applier.Progress;
import io.understudy.applier.Rendezvous;
import io.understudy.applier.Standby;
import io.understudy.connectors.Source;
import io.understudy.connectors.SourceSnapshot;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.MirrorException;
import io.understudy.journal.VerificationId;
import io.understudy.journal.VerificationMark;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/**
 * Brings a snapshot of the source and the applier of a standby to one and the same commit: calls
 * the applier through the log, takes the snapshot, tells the place, and waits for the applier
 * there.
 */
final class Meeting {
  private static final int ATTEMPTS = 10;
  private static final long PAUSE_MILLIS = 1_000;

  /** Less than an applier waits. */
  private static final Duration SNAPSHOT_LIMIT = Duration.ofSeconds(8);

  private static final Duration LOOK = Duration.ofSeconds(2);

  /** How long the standby may stand still before it counts as not followed by anybody. */
  private static final Duration STILL = Duration.ofSeconds(60);

  private final DatabaseName sourceName;
  private final Source source;
  private final DatabaseName standbyName;
  private final Standby standby;
  private final Rendezvous rendezvous;
  private final Consumer<String> say;

  Meeting(
      DatabaseName sourceName,
      Source source,
      DatabaseName standbyName,
      Standby standby,
      Consumer<String> say) {
    this.sourceName = sourceName;
    this.source = source;
    this.standbyName = standbyName;
    this.standby = standby;
    this.rendezvous =
        standby
            .rendezvous()
            .orElseThrow(
                () ->
                    new MirrorException.Operator(
                        "verify is not possible on the engine of " + standbyName + " yet",
                        "compare such databases by hand"));
    this.say = say;
  }

  /** What to do with a seat that the applier is on its way to. */
  interface Agenda<R> {

    /** Before the place is told; with the source as it is there. */
    void prepare(SourceSnapshot snapshot, Rendezvous.Seat seat);

    /** Once the applier was there; empty if it was not, for now. */
    Optional<R> meet(SourceSnapshot snapshot, Rendezvous.Seat seat, Duration timeout);
  }

  /**
   * Both at one commit.
   *
   * @throws MirrorException.Operator if that does not come about
   */
  <R> R hold(VerificationMark.Purpose purpose, Agenda<R> agenda) throws InterruptedException {
    String why = "";
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      VerificationId id = new VerificationId(ThreadLocalRandom.current().nextLong());
      try (Rendezvous.Seat seat = rendezvous.take(id)) {
        source.mark(new VerificationMark.Call(id, standbyName).name());
        try (SourceSnapshot snapshot = source.snapshot(SNAPSHOT_LIMIT)) {
          agenda.prepare(snapshot, seat);
          source.mark(
              new VerificationMark.Place(id, purpose, snapshot.position().encoded()).name());
          Optional<R> result = await(snapshot, seat, agenda);
          if (result.isPresent()) {
            return result.get();
          }
          why = "the applier of " + standbyName + " went on without it";
        }
      } catch (MirrorException.Transient e) {
        why = e.getMessage();
      }
      say.accept(why + "; trying again");
      Thread.sleep(PAUSE_MILLIS);
    }
    throw new MirrorException.Operator(
        sourceName + " and " + standbyName + " could not be seen at one commit: " + why,
        "see to it, or verify at a quieter time");
  }

  /** Empty if the applier went past the place. */
  private <R> Optional<R> await(SourceSnapshot snapshot, Rendezvous.Seat seat, Agenda<R> agenda)
      throws InterruptedException {
    Optional<Progress> last = Optional.empty();
    long moved = System.nanoTime();
    while (true) {
      Optional<R> result = agenda.meet(snapshot, seat, LOOK);
      if (result.isPresent()) {
        return result;
      }
      if (Thread.interrupted()) {
        throw new InterruptedException("stopped while waiting for the applier");
      }
      Optional<Progress> now = standby.progress();
      if (now.isPresent() && now.get().position().isAfter(snapshot.position())) {
        return agenda.meet(snapshot, seat, LOOK); // it may have come in between
      }
      if (!now.equals(last)) {
        last = now;
        moved = System.nanoTime();
      } else if (System.nanoTime() - moved > STILL.toNanos()) {
        throw new MirrorException.Operator(
            "verifying "
                + standbyName
                + ": nothing was applied to it for "
                + STILL.toSeconds()
                + " s",
            "a verification goes through reader and applier: start them with understudy run;"
                + " understudy status tells what is not at work");
      }
      say.accept(
          "waiting for the applier of "
              + standbyName
              + ", which is at "
              + now.map(at -> at.position().encoded()).orElse("no place")
              + ", to come to "
              + snapshot.position().encoded());
    }
  }
}
