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
import java.util.function.Supplier;

/** Promotes a standby, from the journal and that standby alone. */
public final class Promote {
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

  public PromotionReport run(DatabaseName name) throws InterruptedException {
    if (!config.databases().containsKey(name)) {
      throw new MirrorException.Operator(
          "mirror " + config.mirror() + " has no database " + name,
          "it has " + config.databases().keySet());
    }
    try (Standby standby = Databases.standby(config, name);
        KafkaPromotionJournal promotion =
            new KafkaPromotionJournal(config.mirror(), journal, clock)) {
      Target target = new Target(name, standby);
      return new Promotion(promotion, target, out::println).run(name);
    }
  }

  private final class Target implements PromotionTarget {
    private final Standby standby;
    private final Applier applier;

    Target(DatabaseName name, Standby standby) {
      this.standby = standby;
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
    public void drainTo(long offset) throws InterruptedException {
      applier.drainTo(offset);
    }

    @Override
    public List<String> open() {
      return standby.open();
    }
  }
}
