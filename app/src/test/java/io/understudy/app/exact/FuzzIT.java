package io.understudy.app.exact;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.app.harness.Findings;
import io.understudy.app.harness.ProductProcess;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Random schemas and random transactions, each made by a seed, all through one mirror whose process
 * is killed meanwhile; then the rows of both sides are compared. {@code -Dfuzz.seeds=200} runs so
 * many, {@code -Dfuzz.seed=N} one again.
 */
class FuzzIT {
  private static final Logger log = LoggerFactory.getLogger(FuzzIT.class);
  private static final int MAJOR = Integer.getInteger("fuzz.major", 18);
  private static final int SEEDS = 10;
  private static final int SESSIONS = 4;
  private static final int BEFORE_INIT = 10;
  private static final int TRANSACTIONS = 60;
  private static final int KILLS = 2;

  /** All seeds together, and what each adds. */
  private static final Duration CATCH_UP = Duration.ofMinutes(5);

  private static final Duration CATCH_UP_EACH = Duration.ofSeconds(6);

  static List<Reader> readers() {
    return Reader.chosen();
  }

  @ParameterizedTest
  @MethodSource("readers")
  @Timeout(value = 1, unit = TimeUnit.HOURS)
  void randomTransactionsArriveAsTheyWere(Reader reader) throws Exception {
    List<FuzzSeed> seeds = seeds();
    try (Pair pair = new Pair(MAJOR, reader.setting())) {
      pair.onBoth(ExactIT.EXTENSIONS);
      try (Connection source = pair.source();
          Connection standby = pair.standby()) {
        for (FuzzSeed seed : seeds) {
          seed.create(source);
          seed.create(standby);
        }
      }
      transactions(pair, seeds, BEFORE_INIT);
      pair.command("init");
      ProductProcess run = pair.start("run");
      Random moments = new Random(seeds.get(0).seed());
      for (int i = 0; i < KILLS; i++) {
        transactions(pair, seeds, TRANSACTIONS / (KILLS + 1));
        Thread.sleep(moments.nextInt(3_000));
        run.kill();
        transactions(pair, seeds, 2);
        run.start();
      }
      transactions(pair, seeds, TRANSACTIONS / (KILLS + 1));
      pair.awaitCaughtUp(CATCH_UP.plus(CATCH_UP_EACH.multipliedBy(seeds.size())), run);
      Findings findings = pair.compare(FuzzIT::again);
      assertThat(findings.isEmpty()).as(findings.toString()).isTrue();
      log.info("{} seeds from {}, {}", seeds.size(), seeds.get(0).seed(), reader);
    } catch (Throwable e) {
      throw new AssertionError(
          "the same again: make fuzz SEED=%d SEEDS=%d%nan error that names schema sN alone: make fuzz SEED=N"
              .formatted(seeds.get(0).seed(), seeds.size()),
          e);
    }
  }

  private static List<FuzzSeed> seeds() {
    long first = Long.getLong("fuzz.seed", System.nanoTime() % 1_000_000);
    int count = Integer.getInteger("fuzz.seeds", Long.getLong("fuzz.seed") == null ? SEEDS : 1);
    List<ColumnType> types =
        Suite.types().stream()
            .filter(type -> type.setup().isEmpty() && type.from() <= MAJOR)
            .toList();
    return LongStream.range(first, first + count).mapToObj(s -> new FuzzSeed(s, types)).toList();
  }

  /** Runs some of each seed; those of one seed in a row, of others at the same time. */
  private static void transactions(Pair pair, List<FuzzSeed> seeds, int each) throws Exception {
    ExecutorService sessions = Executors.newFixedThreadPool(SESSIONS);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int first = 0; first < SESSIONS; first++) {
        int of = first;
        running.add(sessions.submit(() -> session(pair, seeds, of, each)));
      }
      for (Future<?> one : running) {
        one.get();
      }
    } finally {
      sessions.shutdownNow();
    }
  }

  private static Void session(Pair pair, List<FuzzSeed> seeds, int first, int each)
      throws SQLException {
    try (Connection session = pair.source()) {
      session.setAutoCommit(false);
      for (int i = 0; i < each; i++) {
        for (int s = first; s < seeds.size(); s += SESSIONS) {
          seeds.get(s).transaction(session);
        }
      }
    }
    return null;
  }

  private static String again(String table) {
    String schema = table.substring(1, table.indexOf('"', 1));
    return schema + ", again with make fuzz SEED=" + schema.replaceFirst("\\D+", "");
  }
}
