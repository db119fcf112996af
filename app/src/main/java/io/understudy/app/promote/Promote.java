package io.understudy.app.promote;

import io.understudy.app.config.MirrorConfig;
import io.understudy.app.run.Databases;
import io.understudy.app.run.JournalFeeds;
import io.understudy.app.run.ProcessName;
import io.understudy.applier.Applier;
import io.understudy.applier.ApplierLimits;
import io.understudy.applier.Standby;
import io.understudy.failover.Promotion;
import io.understudy.failover.PromotionReport;
import io.understudy.failover.PromotionTarget;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.MirrorException;
import io.understudy.journal.kafka.Journal;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Promotes a standby, from the journal and that standby alone. */
public final class Promote {
  private static final long PACE_SECONDS = 5;

  private final MirrorConfig config;
  private final Journal journal;
  private final PrintWriter out;
  private final Supplier<Instant> clock;

  /**
   * @param out told each step, for people
   */
  public Promote(MirrorConfig config, Journal journal, PrintWriter out, Supplier<Instant> clock) {
    this.config = config;
    this.journal = journal;
    this.out = out;
    this.clock = clock;
  }

  /**
   * @param name one of the configuration's databases
   */
  public PromotionReport run(DatabaseName name) throws InterruptedException {
    try (Standby standby = Databases.standby(config, name);
        KafkaPromotionJournal promotion =
            new KafkaPromotionJournal(config.mirror(), journal, clock)) {
      Target target = new Target(name, standby, promotion);
      FormerSource former = FormerSource.ask(config, promotion.reign().source());
      PromotionReport report = new Promotion(promotion, target, out::println).run(name);
      former.warnings().forEach(out::println);
      return report;
    }
  }

  private final class Target implements PromotionTarget {
    private final DatabaseName name;
    private final Standby standby;
    private final KafkaPromotionJournal promotion;
    private final Applier applier;

    Target(DatabaseName name, Standby standby, KafkaPromotionJournal promotion) {
      this.name = name;
      this.standby = standby;
      this.promotion = promotion;
      this.applier =
          new Applier(
              config.mirror(),
              name,
              standby,
              new JournalFeeds(journal),
              ApplierLimits.DEFAULT,
              "promote/" + ProcessName.get() + "/" + UUID.randomUUID());
    }

    @Override
    public void requireStandby() {
      String topicId = promotion.topicId();
      boolean applied =
          standby.progress().map(progress -> progress.topicId().equals(topicId)).orElse(false);
      if (!applied || standby.copyInterrupted()) {
        throw new MirrorException.Refused(
            name + " is no standby: it holds no complete copy that this mirror's journal leads to",
            "make it one: understudy init --again, which copies all rows to it from the source");
      }
    }

    @Override
    public void drainTo(long offset) throws InterruptedException {
      ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
      try {
        ScheduledFuture<?> unused =
            clock.scheduleAtFixedRate(this::say, PACE_SECONDS, PACE_SECONDS, TimeUnit.SECONDS);
        applier.drainTo(offset);
      } finally {
        clock.shutdownNow();
      }
    }

    /** Nobody should have to guess whether a long step goes on. */
    private void say() {
      out.println(
          applier
              .status()
              .applied()
              .map(progress -> "applied up to sequence " + progress.sequence())
              .orElse("taking the applier's role over on " + name));
    }

    @Override
    public List<String> open() {
      return standby.open();
    }
  }
}
