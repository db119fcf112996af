package io.understudy.app.rejoin;

import io.understudy.app.run.Formers;
import io.understudy.app.run.Reigning;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import io.understudy.journal.kafka.FormerFact;
import io.understudy.journal.kafka.Journal;
import io.understudy.journal.kafka.MirrorFacts;
import io.understudy.journal.kafka.StateStore;

/** Which databases can come back, and what is said of others. */
final class Candidates {
  /** The way on where nothing else leads anywhere. */
  static final String ANEW =
      "make this database anew, which replaces what it holds: understudy init --again";

  private Candidates() {}

  static MirrorFacts requireAtRest(
      MirrorName mirror, StateStore.Facts known, DatabaseName database) {
    MirrorFacts facts = Reigning.requireMade(mirror, known.mirror());
    if (facts.source().equals(database)) {
      throw new MirrorException.Operator(
          database + " is the source, since epoch " + facts.epoch(), "name a former source");
    }
    return switch (facts.state()) {
      case MIRRORING -> facts;
      case PROMOTED ->
          throw new MirrorException.Refused(
              "no standby can follow " + facts.source() + " since its promotion", ANEW);
      case INITIALIZING ->
          throw new MirrorException.Operator(
              "the init of mirror " + mirror + " is not complete", "complete it: understudy init");
      default ->
          throw new MirrorException.Operator(
              "a change of the source is under way: " + facts.state(),
              "complete it first, see understudy status; then rejoin again");
    };
  }

  static FormerFact require(StateStore.Facts known, MirrorFacts facts, DatabaseName database) {
    FormerFact former =
        Formers.find(known, database)
            .orElseThrow(
                () ->
                    new MirrorException.Operator(
                        database + " is no former source that is kept from following",
                        "nothing to rejoin: understudy status tells what each database is"));
    if (former.way() == FormerFact.Way.RETURN) {
      throw new MirrorException.Operator(
          database
              + " comes back by itself, since nothing was lost when it ceased to be the source",
          "start understudy run, and see that it reaches " + database);
    }
    return former;
  }

  /** What follows is needed by whoever goes on from there. */
  static void requireJournal(Journal journal, FormerFact former) {
    if (journal.firstOffset() > former.offset() + 1) {
      throw new MirrorException.Refused(
          "the journal does not reach back any more to where "
              + former.database()
              + " ceased to be the source ("
              + former.since()
              + ")",
          ANEW);
    }
  }

  interface Asking<T> {
    T ask() throws InterruptedException;
  }

  /**
   * @throws MirrorException.Operator if the database cannot be reached
   */
  static <T> T reached(DatabaseName database, Asking<T> asking) throws InterruptedException {
    try {
      return asking.ask();
    } catch (MirrorException.Transient e) {
      throw new MirrorException.Operator(
          database + " cannot be reached: " + e.getMessage(),
          "see that its server runs and can be reached from here; then rejoin again",
          e);
    }
  }

  static MirrorException notOnThisEngine() {
    return new MirrorException.Operator("rejoin is not possible on this engine yet", ANEW);
  }
}
