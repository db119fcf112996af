package io.understudy.app.chaos;

import static io.understudy.app.chaos.Situation.BITING;
import static io.understudy.app.chaos.Situation.LEAVING_BITES;
import static io.understudy.app.chaos.Situation.LEAVING_THE_STREAM;
import static io.understudy.app.chaos.Situation.STARTING;
import static io.understudy.app.chaos.Situation.STREAMING;
import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.app.harness.Engine;
import io.understudy.app.harness.Machines;
import io.understudy.app.harness.ProductProcess;
import io.understudy.app.harness.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PostgreSQL's native reader under load that comes in bursts, killed with -9 at random moments in
 * the stream, in a bite and while it goes from one to the other: nothing is lost, doubled or left
 * behind on the source. What a kill hit is told by the reader's log, and for both modes also by the
 * source's sessions just before; one that hit neither mode nor a change does not count.
 */
class ReaderModesIT {
  private static final Logger log = LoggerFactory.getLogger(ReaderModesIT.class);

  /** The short form's; {@code make chaos} takes 30. */
  private static final int KILLS = Integer.getInteger("modes.kills", 4);

  /** A kill may come a moment after what it was meant for; so many may be needed in all. */
  private static final int MOST_KILLS = 2 * KILLS + 4;

  /** How often each is aimed at to begin with. */
  private static final Map<Situation, Integer> AIMS =
      new EnumMap<>(
          Map.of(
              STREAMING, KILLS / 4,
              BITING, KILLS / 4,
              LEAVING_THE_STREAM, KILLS / 4,
              LEAVING_BITES, KILLS / 4));

  /** How often each must have been hit in the end. */
  private static final Map<Situation, Integer> LEAST =
      new EnumMap<>(
          Map.of(
              STREAMING,
              Math.max(1, KILLS / 5),
              BITING,
              Math.max(1, KILLS / 5),
              LEAVING_THE_STREAM,
              Math.max(1, KILLS / 10),
              LEAVING_BITES,
              Math.max(1, KILLS / 10)));

  /** How long after it was seen to begin it is killed at most. */
  private static final Map<Situation, Duration> LONGEST_LIFE =
      new EnumMap<>(
          Map.of(
              STREAMING, Duration.ofMillis(800),
              BITING, Duration.ofMillis(300),
              LEAVING_THE_STREAM, Duration.ofMillis(20),
              LEAVING_BITES, Duration.ofMillis(20)));

  /** Transactions a second beside the bursts. */
  private static final int RATE = 60;

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration CATCH_UP = Duration.ofMinutes(3);
  private static final Duration LOOK = Duration.ofMillis(1);

  private final Seeded run = Seeded.fromCommandLine();
  private final Random random = new Random(run.seed());
  private final Map<Situation, Integer> hits = new EnumMap<>(Situation.class);

  @Test
  @Timeout(value = 1, unit = TimeUnit.HOURS)
  void nothingIsLostHoweverTheLogIsRead() throws Exception {
    try (Machines machines = new Machines(Engine.POSTGRESQL);
        MirrorUnderTest mirror =
            new MirrorUnderTest(machines, "modes", Map.of(), "reader: { bite-behind: 1MiB }\n")) {
      Sql.run(mirror.source(), Bursts.TABLE);
      Sql.run(mirror.standby(), Bursts.TABLE);
      mirror.init();
      ProductProcess reader = mirror.reader("reader");
      ProductProcess applier = mirror.applier("applier");
      reader.start();
      applier.start();
      try (LedgerClients clients = new LedgerClients(mirror, run.seed(), RATE)) {
        try (Bursts bursts = new Bursts(mirror.source(), run.seed())) {
          torment(mirror, reader, bursts);
          log.info("{} rows in bursts", bursts.rows());
        }
        clients.check();
      }
      LedgerClients.load(mirror, run.seed() + 1); // when its last row came, so did the bursts
      JournalRules journal = mirror.check(CATCH_UP);
      assertThat(mirror.findings().toString()).as(run.again()).isEqualTo("no findings");
      assertThat(journal.terms()).as("readers that wrote").isGreaterThan(1);
      for (ProductProcess process : List.of(reader, applier)) {
        mirror.expectEnd(process);
        process.terminate();
        assertThat(process.awaitExit(PATIENCE)).as(process.said()).hasValue(0);
        process.close();
      }
      requireNothingLeft(mirror);
    }
  }

  private void torment(MirrorUnderTest mirror, ProductProcess reader, Bursts bursts)
      throws Exception {
    List<Situation> aims = new ArrayList<>();
    AIMS.forEach((situation, count) -> aims.addAll(Collections.nCopies(count, situation)));
    Collections.shuffle(aims, random);
    try (Connection source = mirror.source().open()) {
      for (int kill = 1; counted() < KILLS || !lacking().isEmpty(); kill++) {
        assertThat(kill).as("kills needed; hit: %s; %s", hits, run.again()).isLessThan(MOST_KILLS);
        Situation aim =
            kill <= aims.size()
                ? aims.get(kill - 1)
                : lacking().stream().findFirst().orElse(STREAMING);
        await(aim, reader, bursts);
        LockSupport.parkNanos((long) (random.nextDouble() * LONGEST_LIFE.get(aim).toNanos()));
        String sessions = sessions(source);
        reader.kill();
        Situation hit = Situation.after(reader.lastWords());
        reader.start();
        boolean counts = agree(hit, sessions);
        log.info(
            "kill {}: aim {}, hit {}, sessions {}, counts {}", kill, aim, hit, sessions, counts);
        if (counts) {
          hits.merge(hit, 1, Integer::sum);
        }
      }
      log.info("kills that count: {}", hits);
      await(STREAMING, reader, bursts);
    }
  }

  private int counted() {
    return hits.values().stream().mapToInt(Integer::intValue).sum();
  }

  private List<Situation> lacking() {
    return LEAST.keySet().stream()
        .filter(situation -> hits.getOrDefault(situation, 0) < LEAST.get(situation))
        .toList();
  }

  /** A reader leaves the stream only while it falls behind. */
  private void await(Situation aim, ProductProcess reader, Bursts bursts) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    Situation now = STARTING;
    while (now != aim) {
      reader.requireRunning();
      assertThat(System.nanoTime())
          .as("the reader is %s, not %s; %s\n%s", now, aim, run.again(), reader.said())
          .isLessThan(deadline);
      LockSupport.parkNanos(LOOK.toNanos());
      now = Situation.after(reader.stderr());
      bursts.silence(silence(aim, now));
    }
  }

  /** Little that a starting reader would have to make up for; none while one is to fall behind. */
  private static Duration silence(Situation aim, Situation now) {
    if (now == STARTING) {
      return Duration.ofSeconds(10);
    }
    return now == STREAMING && aim != STREAMING ? Duration.ofMillis(100) : Duration.ofSeconds(2);
  }

  /** What the source says of the reader's sessions: their kind, and in a bite their statement. */
  private static String sessions(Connection source) throws SQLException {
    return Sql.text(
        source,
        """
        SELECT coalesce(string_agg(concat_ws(' ', backend_type, state,
                                             substring(query from 'peek|advance')), ', '), 'none')
          FROM pg_stat_activity
         WHERE application_name IN (SELECT slot_name || '_reader' FROM pg_replication_slots)
        """);
  }

  private static boolean agree(Situation hit, String sessions) {
    return switch (hit) {
      case STREAMING -> sessions.contains("walsender");
      case BITING -> sessions.contains("peek") || sessions.contains("advance");
      default -> hit != STARTING;
    };
  }

  /** The mirror's slot, which nobody holds, and no session of the mirror. */
  private void requireNothingLeft(MirrorUnderTest mirror) throws SQLException {
    try (Connection source = mirror.source().open()) {
      String left =
          """
          SELECT (SELECT string_agg(concat_ws(' ', slot_type, active, temporary), ', ')
                    FROM pg_replication_slots)
                 || '; sessions: '
                 || (SELECT count(*) FROM pg_stat_activity
                      WHERE backend_type IN ('client backend', 'walsender')
                        AND pid <> pg_backend_pid())
          """;
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      String expected = "logical f f; sessions: 0";
      String found = Sql.text(source, left);
      while (!found.equals(expected) && System.nanoTime() < deadline) {
        LockSupport.parkNanos(LOOK.toNanos());
        found = Sql.text(source, left);
      }
      assertThat(found).as(run.again()).isEqualTo(expected);
    }
  }
}
