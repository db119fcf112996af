package io.understudy.app.failover;

import io.understudy.applier.Progress;
import io.understudy.applier.Standby;
import io.understudy.journal.JournalEntry;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Sequence;
import io.understudy.journal.kafka.Journal;
import io.understudy.journal.kafka.MirrorFacts;
import java.util.Optional;

/** All that has to hold before a promotion begins. Changes nothing. */
final class PromotionChecks {
  private static final String OVERRIDE =
      "to promote nevertheless, and lose that: understudy promote --allow-data-loss";

  private final Journal journal;
  private final Ends ends;
  private final MirrorFacts facts;

  PromotionChecks(Journal journal, Ends ends, MirrorFacts facts) {
    this.journal = journal;
    this.ends = ends;
    this.facts = facts;
  }

  /**
   * For a source that others found dead: nobody asks it again.
   *
   * @return what was observed, for the records
   */
  String ofTheTarget() {
    Progress progress = progress();
    return standing(fitTail().record().complete(), progress);
  }

  private String standing(Sequence last, Progress progress) {
    return "the journal ends with transaction "
        + last
        + ", "
        + ends.targetName()
        + " has "
        + progress.sequence();
  }

  private Progress progress() {
    Standby target = ends.target();
    if (target.wasOpened()) {
      throw new MirrorException.Refused(
          ends.targetName() + " was the source, and is no standby yet",
          "understudy run makes it one if it holds nothing more than the journal, understudy rejoin "
              + ends.targetName()
              + " otherwise; see understudy status");
    }
    return target
        .following(facts.journalTopicId())
        .orElseThrow(
            () ->
                new MirrorException.Refused(
                    ends.targetName()
                        + " is no standby: it holds no complete copy that this mirror's journal"
                        + " leads to",
                    "make it one: understudy init --again, which copies all rows to it from the"
                        + " source"));
  }

  private JournalEntry fitTail() {
    Standby target = ends.target();
    JournalEntry tail = journal.tail().orElseThrow();
    target.requireOneMoment(tail.record().position());
    target
        .heldChange()
        .ifPresent(
            change -> {
              throw new MirrorException.Refused(
                  ends.targetName()
                      + " waits in front of a schema change, in transaction "
                      + change.sequence(),
                  "decide about it first: understudy resume");
            });
    return tail;
  }

  /**
   * @param until the last transaction that the target is to have
   * @return what was observed, for the records
   */
  String run(Optional<Sequence> until, boolean allowDataLoss) throws InterruptedException {
    Progress progress = progress();
    Sequence last = fitTail().record().complete();
    until.ifPresent(wanted -> requireReachable(wanted, progress, last));
    boolean answers = FormerSource.answers(ends);
    if (answers && !allowDataLoss) {
      throw new MirrorException.Refused(
          ends.sourceName() + " still answers: what it commits from now on would be lost",
          "lose nothing: understudy switchover --to " + ends.targetName() + "; " + OVERRIDE);
    }
    if (until.isPresent() && until.get().compareTo(last) < 0 && !allowDataLoss) {
      throw new MirrorException.Refused(
          last.minus(until.get())
              + " journaled transactions would be left out, "
              + until.get().next()
              + " to "
              + last,
          OVERRIDE);
    }
    return ends.sourceName()
        + (answers ? " answers" : " does not answer")
        + "; "
        + standing(last, progress)
        + until.map(wanted -> "; only up to " + wanted).orElse("");
  }

  private void requireReachable(Sequence wanted, Progress progress, Sequence last) {
    if (wanted.compareTo(progress.sequence()) < 0) {
      throw new MirrorException.Refused(
          ends.targetName()
              + " has applied transaction "
              + progress.sequence()
              + " already, and cannot go back to "
              + wanted,
          "name a later point, or another standby that is not as far yet (understudy pause keeps one back)");
    }
    Optional<Sequence> whole = ends.target().wholeFrom();
    if (whole.filter(from -> wanted.compareTo(from) < 0).isPresent()) {
      throw new MirrorException.Refused(
          ends.targetName()
              + " came back as a standby a while ago, and is not whole before transaction "
              + whole.get(),
          "name a later point, or another standby");
    }
    if (wanted.compareTo(last) > 0) {
      throw new MirrorException.Refused(
          "the journal ends with transaction " + last + ", before " + wanted,
          "understudy journal lists its transactions");
    }
  }
}
