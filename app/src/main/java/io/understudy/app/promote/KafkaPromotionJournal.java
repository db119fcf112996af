package io.understudy.app.promote;

import io.understudy.failover.PromotionJournal;
import io.understudy.failover.Reign;
import io.understudy.journal.Body;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.JournalEntry;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import io.understudy.journal.kafka.Journal;
import io.understudy.journal.kafka.JournalWriter;
import io.understudy.journal.kafka.MirrorFacts;
import io.understudy.journal.kafka.StateStore;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/** The journal and the mirror's facts, in the words of a promotion. */
final class KafkaPromotionJournal implements PromotionJournal, AutoCloseable {
  private final MirrorName mirror;
  private final Journal journal;
  private final StateStore store;
  private final Supplier<Instant> clock;

  KafkaPromotionJournal(MirrorName mirror, Journal journal, Supplier<Instant> clock) {
    this.mirror = mirror;
    this.journal = journal;
    this.store = journal.state();
    this.clock = clock;
  }

  @Override
  public Reign reign() {
    MirrorFacts facts = facts();
    if (facts.state() == MirrorFacts.State.INITIALIZING) {
      throw new MirrorException.Operator(
          "the init of mirror " + mirror + " is not complete: no standby can be promoted",
          "complete it: understudy init");
    }
    return new Reign(facts.epoch(), facts.source(), facts.target());
  }

  /**
   * The topic that standbys have to be applied from.
   *
   * @throws MirrorException.Refused if the source of this epoch has no standby
   */
  String topicId() {
    MirrorFacts facts = facts();
    if (facts.state() == MirrorFacts.State.PROMOTED) {
      throw new MirrorException.Refused(
          facts.source()
              + " is the source since epoch "
              + facts.epoch()
              + " began, and no standby follows it",
          "make the others standbys of it first, replacing what they hold: understudy init --again");
    }
    return facts.journalTopicId();
  }

  @Override
  public void store(Reign reign) {
    MirrorFacts facts = facts();
    MirrorFacts.State state =
        reign.successor().isPresent() ? MirrorFacts.State.PROMOTING : MirrorFacts.State.PROMOTED;
    store.put(
        new MirrorFacts(
            reign.epoch(),
            reign.source(),
            facts.engine(),
            facts.system(),
            facts.timeline(),
            facts.keeper(),
            facts.journalTopicId(),
            state,
            reign.successor(),
            clock.get()));
  }

  @Override
  public JournalEntry seal(DatabaseName successor) {
    Optional<JournalEntry> tail = journal.tail();
    if (tail.isPresent() && tail.get().record().body() instanceof Body.Seal seal) {
      if (!seal.successor().equals(successor)) {
        throw new MirrorException.Operator(
            "the journal is sealed for " + seal.successor(),
            "complete that promotion: understudy promote --to " + seal.successor());
      }
      return tail.get();
    }
    try (JournalWriter writer = journal.takeOver(facts().journalTopicId())) {
      return writer.seal(successor);
    }
  }

  private MirrorFacts facts() {
    return store
        .read()
        .mirror()
        .orElseThrow(
            () ->
                new MirrorException.Operator(
                    "mirror " + mirror + " is not made: its journal holds nothing",
                    "check the mirror's name and the journal's address in the configuration; a mirror"
                        + " that was never made is made by: understudy init"));
  }

  @Override
  public void close() {
    store.close();
  }
}
