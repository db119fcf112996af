package io.understudy.app.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.app.harness.Connections;
import io.understudy.app.harness.Engine;
import io.understudy.app.harness.Machines;
import io.understudy.app.harness.ProductProcess;
import io.understudy.app.harness.Sql;
import io.understudy.journal.Body;
import io.understudy.journal.JournalRecord;
import io.understudy.journal.Sequence;
import io.understudy.journal.kafka.Journal;
import io.understudy.journal.kafka.MirrorFacts;
import io.understudy.journal.kafka.StateStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Source and standby change places, over and over, under clients that follow whichever can be
 * written to: nothing acknowledged is lost, nothing is there twice, both are the same each time,
 * and at no moment can both be written to.
 */
class SwitchoverIT {
  private static final Logger log = LoggerFactory.getLogger(SwitchoverIT.class);

  /** The short form's; the long one takes 50, and has each killed switchover end both ways. */
  private static final int COUNT = Integer.getInteger("switchover.count", 2);

  private static final boolean SHORT = COUNT == 2;

  private static final int RATE = 100;

  /** Rows of a transaction that is journaled in many pieces. */
  private static final int LARGE = 200_000;

  private static final Duration CATCH_UP = Duration.ofMinutes(2);
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final long LOOK_MILLIS = 50;
  private static final Pattern PAUSE = Pattern.compile("writes were paused for (\\d+) ms");
  private static final List<String> NAMES = List.of("north", "south");

  /** In the order in which they are passed through; the first three are before the seal. */
  private static final List<String> STATES =
      List.of("PREPARING", "CLOSING", "DRAINING", "SEALING", "OPENING");

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
  @Timeout(value = 2, unit = TimeUnit.HOURS)
  void backAndForthUnderLoad() throws Exception {
    try (MirrorUnderTest mirror = made("switching", "")) {
      ProductProcess run = mirror.process("run", "run");
      run.start();
      List<Long> pauses = new ArrayList<>();
      long issued = 0;
      try (WritableWatch watch = new WritableWatch(mirror)) {
        for (int i = 0; i < COUNT; i++) {
          awaitAtWork(mirror, run);
          String target = NAMES.get((i + 1) % 2);
          try (LedgerClients clients = LedgerClients.thatFollowTheSource(mirror, i, RATE)) {
            Thread.sleep(1000); // the load is at its rate
            String said = mirror.command(0, "switchover", "--to", target);
            pauses.add(pause(said));
            Thread.sleep(1000); // and again, on the other side
            clients.check();
          }
          long number = draw(mirror);
          assertThat(number).as("the sequence goes on exactly").isEqualTo(issued + 1);
          issued = number;
          awaitAtWork(mirror, run);
          requireIdentical(mirror, run, target);
        }
        assertThat(watch.looks()).isGreaterThan(COUNT);
      }
      assertThat(mirror.findings().toString()).isEqualTo("no findings");
      List<Long> sorted = pauses.stream().sorted().toList();
      log.info(
          "{} switchovers; writes were paused for {} ms, median {} ms, longest {} ms",
          COUNT,
          pauses,
          sorted.get(sorted.size() / 2),
          sorted.get(sorted.size() - 1));
      String events = mirror.command(0, "events");
      assertThat(events).contains("switchover --to south", "OPENING");
      log.info("what each step took:\n{}", events);
    }
  }

  @Test
  @Timeout(value = 20, unit = TimeUnit.MINUTES)
  void killedInAnyStateItIsCompletedOrGivenUpByAnotherProcess() throws Exception {
    try (MirrorUnderTest mirror = made("killed", "")) {
      ProductProcess run = mirror.process("run", "run");
      run.start();
      int source = 0;
      try (WritableWatch watch = new WritableWatch(mirror)) {
        for (String state : STATES) {
          for (boolean cancel : ways(state)) {
            awaitAtWork(mirror, run);
            String target = NAMES.get(1 - source);
            boolean decided;
            try (LedgerClients clients =
                LedgerClients.thatFollowTheSource(mirror, STATES.indexOf(state), RATE)) {
              killIn(mirror, state, target);
              decided = cancel && isCancelled(mirror);
              if (!decided) {
                mirror.command(0, "switchover", "--to", target);
              }
              Thread.sleep(300); // clients write again
              clients.check();
            }
            source = decided ? source : 1 - source;
            log.info("killed in {}, {}", state, decided ? "given up" : "completed");
            awaitAtWork(mirror, run);
            assertThat(WritableWatch.isWritable(side(mirror, source))).isTrue();
            assertThat(WritableWatch.isWritable(side(mirror, 1 - source))).isFalse();
            requireIdentical(mirror, run, NAMES.get(source));
          }
        }
        assertThat(watch.looks()).isGreaterThan(STATES.size());
      }
      assertThat(mirror.findings().toString()).isEqualTo("no findings");
    }
  }

  /** Whether it is given up, or completed; in the short form by turns. */
  private static List<Boolean> ways(String state) {
    return SHORT ? List.of(STATES.indexOf(state) % 2 == 0) : List.of(false, true);
  }

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void refusesWhatIsNotSafeAndChangesNothing() throws Exception {
    try (MirrorUnderTest mirror = made("refusing", "failover: { max-verify-age: 1h }\n")) {
      assertThat(mirror.command(5, "switchover", "--to", "south"))
          .contains("reader is not STREAMING", "understudy run");
      ProductProcess run = mirror.process("run", "run");
      run.start();
      awaitAtWork(mirror, run);
      mirror.command(0, "pause", "--standby", "south");
      assertThat(mirror.command(5, "switchover", "--to", "south"))
          .contains("south is paused", "understudy resume");
      mirror.command(0, "resume");
      awaitAtWork(mirror, run);

      assertThat(mirror.command(5, "switchover", "--to", "south", "--dry-run"))
          .contains("south was not verified since north is the source", "understudy verify");
      mirror.command(0, "verify");
      assertThat(mirror.command(0, "switchover", "--to", "south", "--dry-run"))
          .contains("plan: north -> south", "CLOSING", "transactions behind", "was identical");
      assertThat(WritableWatch.isWritable(mirror.source())).isTrue();
      assertThat(mirror.command(0, "events")).contains("never changed");

      assertThat(mirror.command(1, "switchover", "--to", "north")).contains("source already");
    }
  }

  /** Which the barrier's reader then begins to read in the middle. */
  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void beginsWhileALargeTransactionIsBeingJournaled() throws Exception {
    try (MirrorUnderTest mirror = made("large", "")) {
      ProductProcess reader = mirror.process("reader", "run", "--role", "reader");
      ProductProcess applier = mirror.process("applier", "run", "--role", "applier");
      reader.start();
      applier.start();
      awaitAtWork(mirror, reader);
      pauseWhileIdle(mirror, applier); // its transaction would keep the slot from being made
      long rows = pauseWithinALargeTransaction(mirror, reader);
      ProductProcess switchover = mirror.process("switchover", "switchover", "--to", "south");
      switchover.start();
      awaitOutput(switchover, "CLOSING:");
      reader.resume();
      applier.resume();
      assertThat(switchover.awaitExit(LIMIT).orElse(-1)).as(switchover::said).isZero();
      mirror.expectEnd(switchover);
      switchover.close();
      try (Connection south = mirror.primary().open()) {
        assertThat(Sql.number(south, "SELECT count(*) FROM numbered")).isEqualTo(rows);
      }
    }
  }

  private static void pauseWhileIdle(MirrorUnderTest mirror, ProductProcess applier)
      throws SQLException, InterruptedException {
    String writing = "SELECT count(*) FROM pg_stat_activity WHERE backend_xid IS NOT NULL";
    try (Connection standby = mirror.standby().open()) {
      applier.pause();
      while (Sql.number(standby, writing) > 0) {
        applier.resume();
        Thread.sleep(10);
        applier.requireRunning();
        applier.pause();
      }
    }
  }

  /** Leaves the reader frozen; returns how many rows there are. */
  private static long pauseWithinALargeTransaction(MirrorUnderTest mirror, ProductProcess reader)
      throws SQLException, InterruptedException {
    try (Journal journal = mirror.connect();
        Connection source = mirror.source().open()) {
      for (long rows = LARGE; rows <= 10 * LARGE; rows += LARGE) {
        Sequence before = journal.tail().orElseThrow().record().complete();
        Sql.run(source, "INSERT INTO numbered (n) SELECT generate_series(1, " + LARGE + ")");
        JournalRecord tail;
        do {
          reader.resume();
          Thread.sleep(10);
          reader.requireRunning();
          reader.pause();
          tail = journal.tail().orElseThrow().record();
          if (tail.body() instanceof Body.Piece piece && !piece.last()) {
            return rows;
          }
        } while (tail.complete().equals(before));
        reader.resume();
      }
    }
    throw new AssertionError("no transaction was caught while it was being journaled");
  }

  private static void awaitOutput(ProductProcess process, String text) throws InterruptedException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!process.stdout().contains(text)) {
      assertThat(System.nanoTime()).as(process::said).isLessThan(deadline);
      assertThat(process.isAlive() || process.stdout().contains(text)).as(process::said).isTrue();
      Thread.sleep(1);
    }
  }

  private static MirrorUnderTest made(String name, String more) throws Exception {
    MirrorUnderTest mirror = new MirrorUnderTest(machines, name, Map.of(), more);
    for (Connections side : List.of(mirror.source(), mirror.standby())) {
      Sql.run(side, "CREATE TABLE numbered (id serial PRIMARY KEY, n int NOT NULL)");
    }
    mirror.init();
    return mirror;
  }

  private static Connections side(MirrorUnderTest mirror, int side) {
    return side == 0 ? mirror.source() : mirror.standby();
  }

  private static long draw(MirrorUnderTest mirror) throws SQLException {
    try (Connection connection = mirror.primary().open()) {
      return Sql.number(connection, "INSERT INTO numbered (n) VALUES (1) RETURNING id");
    }
  }

  private static long pause(String said) {
    Matcher matcher = PAUSE.matcher(said);
    assertThat(matcher.find()).as(said).isTrue();
    return Long.parseLong(matcher.group(1));
  }

  /** Starts a switchover, and kills it once it says that it is in {@code state}. */
  private static void killIn(MirrorUnderTest mirror, String state, String target)
      throws InterruptedException {
    ProductProcess process = mirror.process("switchover", "switchover", "--to", target);
    process.start();
    awaitOutput(process, state + ":");
    if (process.isAlive()) {
      process.kill();
    }
    mirror.expectEnd(process);
    process.close();
  }

  /** Not if the journal was sealed, or all was done, before the process died. */
  private static boolean isCancelled(MirrorUnderTest mirror) throws InterruptedException {
    ProductProcess process = mirror.process("cancel", "switchover", "--cancel");
    process.start();
    int code = process.awaitExit(LIMIT).orElse(-1);
    String said = process.said();
    mirror.expectEnd(process);
    process.close();
    assertThat(code == 0 || said.contains("nothing follows") || said.contains("no switchover"))
        .as(said)
        .isTrue();
    return code == 0;
  }

  /** Until the roles themselves say so. */
  private static void awaitAtWork(MirrorUnderTest mirror, ProductProcess run)
      throws InterruptedException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    try (Journal journal = mirror.connect();
        StateStore store = journal.state()) {
      StateStore.Facts facts = store.read();
      while (!isAtWork(facts)) {
        run.requireRunning();
        assertThat(System.nanoTime()).as("%s%n%s", facts, run.said()).isLessThan(deadline);
        Thread.sleep(LOOK_MILLIS);
        facts = store.read();
      }
    }
  }

  private static boolean isAtWork(StateStore.Facts known) {
    MirrorFacts facts = known.mirror().orElseThrow();
    String standby = facts.source().value().equals("north") ? "south" : "north";
    return facts.state() == MirrorFacts.State.MIRRORING
        && known.formers().isEmpty()
        && Map.of("reader", "STREAMING", "applier/" + standby, "FOLLOWING").entrySet().stream()
            .allMatch(
                wanted ->
                    known.roles().stream()
                        .anyMatch(
                            report ->
                                report.role().equals(wanted.getKey())
                                    && report.state().equals(wanted.getValue())
                                    && report.at().isAfter(facts.since())));
  }

  private static void requireIdentical(MirrorUnderTest mirror, ProductProcess run, String source)
      throws SQLException, InterruptedException {
    Checker checker = source.equals("north") ? mirror.checker() : mirror.reversedChecker();
    checker.awaitCaughtUp(CATCH_UP, run::requireRunning);
    checker.run(mirror.history());
    assertThat(mirror.findings().toString()).isEqualTo("no findings");
  }
}
