package io.understudy.app.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.app.harness.Machines;
import io.understudy.app.harness.ProductProcess;
import io.understudy.app.harness.Victim;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Real load while reader, applier and broker are killed over and over, each at least ten times: no
 * snapshot of the standby shows what the source never was, and in the end both are the same.
 */
class KillsIT {
  private static final Logger log = LoggerFactory.getLogger(KillsIT.class);
  private static final int KILLS = 10;
  private static final Duration LONGEST_LIFE = Duration.ofSeconds(9);
  private static final Duration LONGEST_DEATH = Duration.ofSeconds(1);

  /** While a slow machine still lacks kills, the load goes on, at so many transactions a second. */
  private static final int EXTENSION_RATE = 100;

  private static final Duration EXTENSION = Duration.ofSeconds(5);
  private static final Duration LIMIT = Duration.ofMinutes(8);
  private static final Duration CATCH_UP = Duration.ofMinutes(5);

  @Test
  @Timeout(value = 3, unit = TimeUnit.HOURS)
  void nothingIsLostDoubledTornOrReordered() throws Exception {
    Seeded run = Seeded.fromCommandLine();
    try (Machines machines = new Machines();
        MirrorUnderTest mirror = new MirrorUnderTest(machines, "kills", Map.of())) {
      MirrorUnderTest.execute(mirror.source(), Pgbench.rows(1));
      mirror.init();
      ProductProcess reader = mirror.reader("reader");
      ProductProcess applier = mirror.applier("applier");
      reader.start();
      applier.start();
      SnapshotWatcher watcher = new SnapshotWatcher(mirror.standby(), mirror.findings());
      try (watcher) {
        torment(run, mirror, List.of(reader, applier, machines.broker()));
        mirror.check(CATCH_UP);
      }
      log.info("{} snapshots, {} different ones", watcher.snapshots(), watcher.distinct());
      assertThat(mirror.findings().toString()).as(run.again()).isEqualTo("no findings");
      assertThat(watcher.distinct()).as("snapshots that showed progress").isGreaterThan(20);
    }
  }

  private static void torment(Seeded run, MirrorUnderTest mirror, List<Victim> victims)
      throws Exception {
    Pgbench pgbench = mirror.pgbench();
    long start = System.nanoTime();
    try (LedgerClients clients = new LedgerClients(mirror.source(), mirror.history(), run.seed());
        KillScheduler kills = new KillScheduler(run.seed(), LONGEST_LIFE, LONGEST_DEATH, victims)) {
      pgbench.run(run.duration(), run.seed());
      for (int more = 1; kills.fewestKills() < KILLS; more++) {
        kills.check();
        assertThat(Duration.ofNanos(System.nanoTime() - start))
            .as("time for ten kills of each; %s", kills)
            .isLessThan(run.duration().plus(LIMIT));
        pgbench.runAtRate(EXTENSION_RATE, EXTENSION, run.seed() + more);
      }
      kills.check();
      clients.check();
      log.info("{}", kills);
    }
  }
}
