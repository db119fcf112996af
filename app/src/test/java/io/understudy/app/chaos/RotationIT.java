package io.understudy.app.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.app.harness.Engine;
import io.understudy.app.harness.Machines;
import io.understudy.app.harness.ProductProcess;
import io.understudy.app.harness.Sql;
import io.understudy.testkit.DatabaseServer;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A log in files: under load the source begins a new one every other second, is restarted and
 * killed, and the reader is killed again and again. Where one file ends and the next begins,
 * nothing is lost or read twice.
 */
class RotationIT {
  private static final Logger log = LoggerFactory.getLogger(RotationIT.class);

  /** The short form's; {@code make chaos} takes 20. */
  private static final int KILLS = Integer.getInteger("rotation.kills", 8);

  /** One kill of the reader in so many comes with a restart or a kill of the source. */
  private static final int RESTARTS = 4;

  /** So many transactions in the journal show that a reader has taken up its work. */
  private static final int TRANSACTIONS = 20;

  private static final Duration ROTATION = Duration.ofSeconds(2);
  private static final long LONGEST_LIFE_MILLIS = 1_500;
  private static final Duration TO_WORK = Duration.ofMinutes(2);
  private static final Duration CATCH_UP = Duration.ofMinutes(3);
  private static final long LOOK_MILLIS = 50;

  @ParameterizedTest(name = "{0}", allowZeroInvocations = true)
  @MethodSource("io.understudy.app.harness.Engine#withLogFiles")
  @Timeout(value = 15, unit = TimeUnit.MINUTES)
  void nothingIsLostBetweenTwoFiles(Engine engine) throws Exception {
    Seeded run = Seeded.fromCommandLine();
    try (Machines machines = new Machines(engine);
        MirrorUnderTest mirror = new MirrorUnderTest(machines, "rotation", Map.of())) {
      mirror.init();
      ProductProcess reader = mirror.reader("reader");
      reader.start();
      mirror.applier("applier").start();
      JournalRules journal;
      try (SnapshotWatcher watcher = new SnapshotWatcher(mirror)) {
        try (JournalFollower follower = new JournalFollower(mirror.journal());
            LedgerClients clients = LedgerClients.thatComeBack(mirror, run.seed());
            LogRotation rotation = new LogRotation(mirror, ROTATION)) {
          torment(new Random(run.seed()), machines.source(), reader, follower);
          clients.check();
          log.info("{} rotations", rotation.count());
          assertThat(rotation.count()).isGreaterThan(KILLS);
        }
        journal = mirror.check(CATCH_UP);
        assertThat(watcher.distinct()).isGreaterThan(1);
      }
      assertThat(mirror.findings().toString()).as(run.again()).isEqualTo("no findings");
      assertThat(journal.terms()).as("readers that wrote").isGreaterThan(KILLS);
    }
  }

  private static void torment(
      Random random, DatabaseServer source, ProductProcess reader, JournalFollower follower)
      throws Exception {
    Instant started = Instant.EPOCH;
    for (int kill = 1; kill <= KILLS; kill++) {
      awaitWork(follower, started);
      Thread.sleep(random.nextInt((int) LONGEST_LIFE_MILLIS));
      if (kill % RESTARTS != 0) {
        reader.kill();
      } else if (kill % (2 * RESTARTS) != 0) {
        source.restart();
        reader.kill();
      } else {
        source.kill9();
        reader.kill();
        source.startAgain();
      }
      started = Instant.now();
      reader.start();
      log.info("reader killed for the {}th time", kill);
    }
    awaitWork(follower, started);
  }

  private static void awaitWork(JournalFollower follower, Instant started) throws Exception {
    long deadline = System.nanoTime() + TO_WORK.toNanos();
    while (follower.transactionsSince(started) < TRANSACTIONS) {
      assertThat(System.nanoTime()).as("the reader is not at work").isLessThan(deadline);
      Thread.sleep(LOOK_MILLIS);
    }
  }

  /** Makes the source begin a new file of its log over and over; one that is away is left alone. */
  private static final class LogRotation implements AutoCloseable {
    private final Thread thread;
    private volatile boolean stopped;
    private volatile int count;

    LogRotation(MirrorUnderTest mirror, Duration pace) {
      this.thread = new Thread(() -> loop(mirror, pace), "log-rotation");
      thread.setDaemon(true);
      thread.start();
    }

    int count() {
      return count;
    }

    private void loop(MirrorUnderTest mirror, Duration pace) {
      int done = 0;
      while (!stopped) {
        try {
          Sql.run(mirror.source(), "FLUSH BINARY LOGS");
          count = ++done;
          Thread.sleep(pace.toMillis());
        } catch (SQLException e) {
          LockSupport.parkNanos(pace.toNanos() / 4);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return;
        }
      }
    }

    @Override
    public void close() {
      stopped = true;
      Threads.join(thread, Duration.ofSeconds(30), "the rotation of the log does not come back");
    }
  }
}
