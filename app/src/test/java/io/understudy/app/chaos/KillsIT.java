package io.understudy.app.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.app.chaos.KillScheduler.Target;
import io.understudy.app.harness.Engine;
import io.understudy.app.harness.Machines;
import io.understudy.app.harness.OverSomeEngines;
import io.understudy.app.harness.ProductProcess;
import io.understudy.app.harness.Sql;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Real load while reader, applier and broker are killed over and over, each so many times at least:
 * no snapshot of the standby shows what the source never was, and in the end both are the same.
 */
class KillsIT {
  private static final Logger log = LoggerFactory.getLogger(KillsIT.class);

  /** The short form's; {@code make chaos} takes 10. */
  private static final int KILLS = Integer.getInteger("chaos.kills", 3);

  /** How long a process lives at most once it is at work, and how long it stays dead. */
  private static final Duration LONGEST_LIFE = Duration.ofSeconds(4);

  private static final Duration LONGEST_DEATH = Duration.ofSeconds(1);

  /** So many transactions in the journal show that a reader, or a broker, has taken up its work. */
  private static final int TRANSACTIONS = 20;

  /** A standby that moved so often shows transactions applied one group after the other. */
  private static final int SNAPSHOTS = 3;

  /**
   * So many transactions a second of each kind leave two processors time for the processes to come
   * back. The long form has no such mercy.
   */
  private static final int RATE = 100;

  private static final Duration EXTENSION = Duration.ofSeconds(5);
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final Duration CATCH_UP = Duration.ofMinutes(5);

  @OverSomeEngines
  @Timeout(value = 3, unit = TimeUnit.HOURS)
  void nothingIsLostDoubledTornOrReordered(Engine engine) throws Exception {
    Seeded run = Seeded.fromCommandLine();
    try (Machines machines = new Machines(engine);
        MirrorUnderTest mirror = new MirrorUnderTest(machines, "kills", Map.of())) {
      Sql.run(mirror.source(), TpcB.ROWS);
      mirror.init();
      ProductProcess reader = mirror.reader("reader");
      ProductProcess applier = mirror.applier("applier");
      reader.start();
      applier.start();
      JournalRules journal;
      try (SnapshotWatcher watcher = new SnapshotWatcher(mirror)) {
        try (JournalFollower follower = new JournalFollower(mirror.journal())) {
          List<Target> targets =
              List.of(
                  new Target(reader, follower::transactionsSince, TRANSACTIONS),
                  new Target(applier, watcher::movesSince, SNAPSHOTS),
                  new Target(machines.broker(), follower::transactionsSince, TRANSACTIONS));
          torment(run, mirror, targets);
        }
        journal = mirror.check(CATCH_UP);
        log.info("{} snapshots, {} different ones", watcher.snapshots(), watcher.distinct());
      }
      assertThat(mirror.findings().toString()).as(run.again()).isEqualTo("no findings");
      assertThat(journal.terms()).as("readers that wrote").isGreaterThanOrEqualTo(KILLS);
    }
  }

  private static void torment(Seeded run, MirrorUnderTest mirror, List<Target> targets)
      throws Exception {
    Load load = mirror.load();
    int rate = run.isLong() ? mirror.engine().rate() : RATE;
    long start = System.nanoTime();
    try (LedgerClients clients = new LedgerClients(mirror, run.seed(), rate);
        KillScheduler kills = new KillScheduler(run.seed(), LONGEST_LIFE, LONGEST_DEATH, targets)) {
      if (rate > 0) {
        load.runAtRate(rate, run.duration(), run.seed());
      } else {
        load.run(run.duration(), run.seed());
      }
      for (int more = 1; kills.fewestKills() < KILLS; more++) {
        kills.check();
        assertThat(Duration.ofNanos(System.nanoTime() - start))
            .as("time for the kills of each at work; %s", kills)
            .isLessThan(run.duration().plus(LIMIT));
        load.runAtRate(RATE, EXTENSION, run.seed() + more);
      }
      kills.check();
      clients.check();
      log.info("{}", kills);
    }
  }
}
