package io.understudy.app.run;

import io.understudy.app.config.MirrorConfig;
import io.understudy.connectors.Reader;
import io.understudy.connectors.ReaderLimits;
import io.understudy.connectors.Source;
import io.understudy.connectors.SourceIdentity;
import io.understudy.journal.kafka.Journal;
import io.understudy.journal.kafka.MirrorFacts;
import io.understudy.journal.kafka.RoleReport;

/** Carries the source's log into the journal. */
final class ReaderRole implements Role {
  private final Journal journal;
  private final String topicId;
  private final Reader reader;
  private volatile Runnable atWork = () -> {};

  ReaderRole(MirrorConfig config, Journal journal, MirrorFacts facts, Source source) {
    this.journal = journal;
    this.topicId = facts.journalTopicId();
    ReaderLimits defaults = ReaderLimits.DEFAULT;
    this.reader =
        new Reader(
            source,
            new SourceIdentity(facts.engine(), facts.system(), facts.timeline(), facts.keeper()),
            Hooks.installed()
                .takeOver(new JournalTakeOver(journal, facts.journalTopicId(), facts.epoch())),
            new ReaderLimits(
                config.journal().pieceBytes(),
                defaults.pollTimeout(),
                defaults.gather(),
                config.reader().heartbeat(),
                defaults.missedBeats(),
                defaults.silence()),
            () -> atWork.run());
  }

  @Override
  public String name() {
    return RoleReport.READER;
  }

  @Override
  public void run(Runnable whenAtWork) throws InterruptedException {
    atWork = whenAtWork;
    journal.check(topicId);
    reader.run();
  }

  @Override
  public RoleState working() {
    return RoleState.STREAMING;
  }

  @Override
  public void stop() {
    reader.stop();
  }
}
