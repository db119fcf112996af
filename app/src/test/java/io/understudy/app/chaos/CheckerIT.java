package io.understudy.app.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.app.harness.Engine;
import io.understudy.app.harness.Machines;
import io.understudy.app.harness.ProductProcess;
import io.understudy.app.harness.RowComparison;
import io.understudy.app.harness.Sql;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checker of the other tests is checked: it finds nothing wrong with the product as it is, and
 * something with each product that was broken on purpose.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class CheckerIT {
  private static final Logger log = LoggerFactory.getLogger(CheckerIT.class);
  private static final Duration LOAD = Duration.ofSeconds(10);
  private static final Duration CATCH_UP = Duration.ofSeconds(45);
  private static final long SEED = 1;

  private static Machines machines;

  @BeforeAll
  static void start() {
    machines = new Machines(Engine.POSTGRESQL);
  }

  @AfterAll
  static void stop() {
    machines.close();
  }

  @Test
  void findsNothingWithoutSabotage() throws Exception {
    try (MirrorUnderTest mirror = new MirrorUnderTest(machines, "unharmed", Map.of())) {
      underLoad(mirror);
      assertThat(mirror.findings().toString()).isEqualTo("no findings");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Sabotage.Mode.class,
      names = {"SKIP", "TWICE"})
  void findsATransactionNotAppliedOnce(Sabotage.Mode mode) throws Exception {
    try (MirrorUnderTest mirror = sabotaged(mode)) {
      underLoad(mirror);
      assertFound(mirror, SnapshotWatcher.SNAPSHOTS, RowComparison.ROWS);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Sabotage.Mode.class,
      names = {"SWAP", "HALF"})
  void findsAStateThatTheSourceNeverHad(Sabotage.Mode mode) throws Exception {
    try (MirrorUnderTest mirror = sabotaged(mode)) {
      underLoad(mirror);
      assertFound(mirror, SnapshotWatcher.SNAPSHOTS);
    }
  }

  @Test
  void findsAReaderThatIgnoresItsFence() throws Exception {
    try (MirrorUnderTest mirror = sabotaged(Sabotage.Mode.READER_FENCE)) {
      StaleProcess.reader(mirror);
      assertFound(mirror, StaleProcess.STALE, JournalRules.JOURNAL);
    }
  }

  @Test
  void findsAnApplierThatIgnoresItsFence() throws Exception {
    try (MirrorUnderTest mirror = sabotaged(Sabotage.Mode.APPLIER_FENCE)) {
      StaleProcess.applier(mirror);
      assertFound(mirror, StaleProcess.STALE);
    }
  }

  @Test
  void findsATailThatIsReadOneRecordShort() throws Exception {
    try (MirrorUnderTest mirror = sabotaged(Sabotage.Mode.SHORT_TAIL)) {
      mirror.init();
      mirror.applier("applier").start();
      ProductProcess reader = mirror.reader("reader");
      reader.start();
      LedgerClients.load(mirror, SEED);
      mirror.checker().awaitCaughtUp(CATCH_UP, mirror::requireRunning);
      reader.kill();
      reader.start();
      LedgerClients.load(mirror, SEED + 1);
      mirror.check(CATCH_UP);
      assertFound(mirror, JournalRules.JOURNAL);
    }
  }

  private static MirrorUnderTest sabotaged(Sabotage.Mode mode) throws Exception {
    return new MirrorUnderTest(
        machines,
        mode.name().toLowerCase(Locale.ROOT),
        Map.of(
            Sabotage.VARIABLE,
            mode.name(),
            Sabotage.BOOTSTRAP_SERVERS,
            machines.kafka().bootstrapServers()));
  }

  private static void underLoad(MirrorUnderTest mirror) throws Exception {
    Sql.run(mirror.source(), TpcB.ROWS);
    mirror.init();
    mirror.reader("reader").start();
    mirror.applier("applier").start();
    try (SnapshotWatcher watcher = new SnapshotWatcher(mirror)) {
      try (LedgerClients clients = new LedgerClients(mirror, SEED)) {
        mirror.load().run(LOAD, SEED);
        clients.check();
      }
      mirror.check(CATCH_UP);
      assertThat(watcher.distinct()).isGreaterThan(1);
    }
  }

  private static void assertFound(MirrorUnderTest mirror, String... checks) {
    log.info("the checker found:\n{}", mirror.findings());
    assertThat(mirror.findings().checks()).contains(checks);
  }
}
