package io.understudy.failover;

import io.understudy.journal.DatabaseName;
import io.understudy.journal.JournalEntry;
import io.understudy.journal.MirrorException;
import java.util.function.Consumer;

/**
 * Puts a standby in the place of a source that was lost. Needs the journal and the standby, nothing
 * else. What is under way is stored before it is begun, and each step may be repeated: a promotion
 * that was interrupted anywhere is completed by promoting again.
 */
public final class Promotion {
  private final PromotionJournal journal;
  private final PromotionTarget target;
  private final Consumer<String> say;

  /**
   * @param say told, line by line, what is being done
   */
  public Promotion(PromotionJournal journal, PromotionTarget target, Consumer<String> say) {
    this.journal = journal;
    this.target = target;
    this.say = say;
  }

  /**
   * Promotes {@code name}, or completes its promotion.
   *
   * @throws MirrorException.Operator if it is the source already, or another database is being
   *     promoted
   * @throws MirrorException.Refused if it is no standby; nothing was changed then
   */
  public PromotionReport run(DatabaseName name) throws InterruptedException {
    Reign reign = journal.reign();
    requirePromotable(reign, name);
    target.requireStandby();

    journal.store(reign.promoting(name));
    say.accept("taking the journal over and sealing it");
    JournalEntry seal = journal.seal(name);
    say.accept("applying what the journal still holds, up to sequence " + seal.record().sequence());
    target.drainTo(seal.offset());
    say.accept("opening " + name + " for writing");
    target.open().forEach(say);

    Reign next = Reign.settled(reign.epoch().next(), name);
    journal.store(next);
    return new PromotionReport(
        next.epoch(),
        name,
        reign.source(),
        seal.record().sequence(),
        seal.record().position(),
        seal.record().commitTime());
  }

  private static void requirePromotable(Reign reign, DatabaseName name) {
    if (reign.source().equals(name)) {
      throw new MirrorException.Operator(
          name + " is the source already, since epoch " + reign.epoch(), "nothing to promote");
    }
    reign
        .successor()
        .filter(other -> !other.equals(name))
        .ifPresent(
            other -> {
              throw new MirrorException.Operator(
                  "the promotion of " + other + " was begun and is not complete",
                  "complete it: understudy promote --to " + other);
            });
  }
}
