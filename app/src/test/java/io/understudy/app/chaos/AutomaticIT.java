package io.understudy.app.chaos;

import static io.understudy.app.chaos.Controllers.AUTOMATIC;
import static io.understudy.app.chaos.Controllers.LIMIT;
import static io.understudy.app.chaos.Controllers.automatic;
import static io.understudy.app.chaos.Controllers.await;
import static io.understudy.app.chaos.Controllers.awaitAtWork;
import static io.understudy.app.chaos.Controllers.controllers;
import static io.understudy.app.chaos.Controllers.export;
import static io.understudy.app.chaos.Controllers.journaled;
import static io.understudy.app.chaos.Controllers.known;
import static io.understudy.app.chaos.Controllers.leader;
import static io.understudy.app.chaos.Controllers.made;
import static io.understudy.app.chaos.Controllers.numbers;
import static io.understudy.app.chaos.Controllers.rejoin;
import static io.understudy.app.chaos.Controllers.seesNothing;
import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.app.harness.Connections;
import io.understudy.app.harness.Engine;
import io.understudy.app.harness.Machines;
import io.understudy.app.harness.ProductProcess;
import io.understudy.app.harness.Sql;
import io.understudy.journal.Epoch;
import io.understudy.journal.kafka.MirrorFacts;
import io.understudy.journal.kafka.OperationFact;
import io.understudy.journal.kafka.StateStore;
import io.understudy.testkit.TcpProxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Controllers in several processes replace a source that is dead, once, and one that is not dead
 * never.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class AutomaticIT {
  private static final Logger log = LoggerFactory.getLogger(AutomaticIT.class);

  /** The short form's; the long one takes 20. */
  private static final int KILLS = Integer.getInteger("automatic.kills", 1);

  private static final String OBSERVE = "failover: { mode: observe }\n";

  private static Machines machines;

  @BeforeAll
  static void start() {
    machines = new Machines(Engine.POSTGRESQL);
  }

  @AfterAll
  static void stop() {
    machines.close();
  }

  @AfterEach
  void sourceBack() {
    Controllers.sourceBack(machines);
  }

  @Test
  @Timeout(value = 2, unit = TimeUnit.HOURS)
  void aSourceThatIsKilledUnderLoadIsReplacedAndNothingJournaledIsLost() throws Exception {
    List<Long> times = new ArrayList<>();
    for (int kill = 0; kill < KILLS; kill++) {
      MirrorUnderTest mirror = made(machines, "killed" + kill, AUTOMATIC);
      try (mirror) {
        ProductProcess run = mirror.process("run", "run");
        run.start();
        controllers(mirror, 2);
        awaitAtWork(mirror, 3);
        int north = machines.source().port();
        NumberedRows rows = new NumberedRows(mirror.primary());
        try (rows) {
          rows.awaitOn(north, LIMIT);
          Thread.sleep(1500); // the load is at its rate
          long killed = System.nanoTime();
          machines.source().kill9();
          long written = rows.awaitOn(machines.standby().port(), LIMIT);
          times.add(TimeUnit.NANOSECONDS.toMillis(written - killed));
          Thread.sleep(500);
          rows.check(mirror.standby(), north, journaled(mirror));
        }
        OperationFact operation = automatic(mirror).get(0);
        log.info("{} ms: {}", times.get(kill), operation);
        assertThat(operation.outcome()).contains("south is the source");
        machines.source().startAgain();
        Path report = export(mirror);
        assertThat(WritableWatch.isWritable(mirror.source())).isFalse();
        rows.checkReported(numbers(report), mirror.source(), mirror.standby());
        rejoin(mirror);
      }
      dropSlots(mirror.standby());
    }
    List<Long> sorted = times.stream().sorted().toList();
    log.info(
        "{} kills; from the kill to the first write on the standby: {} ms, median {} ms, longest {} ms",
        KILLS,
        times,
        sorted.get(sorted.size() / 2),
        sorted.get(sorted.size() - 1));
  }

  /** Of mirrors that are over: a server has room for ten. */
  private static void dropSlots(Connections server) throws SQLException {
    Sql.run(
        server,
        "SELECT pg_terminate_backend(active_pid, 5000) FROM pg_replication_slots WHERE active");
    Sql.run(server, "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots");
  }

  @Test
  void aSourceThatRestartsWithinTheWindowStaysTheSource() throws Exception {
    try (MirrorUnderTest mirror = made(machines, "restarting", AUTOMATIC)) {
      mirror.process("run", "run").start();
      controllers(mirror, 1);
      awaitAtWork(mirror, 2);
      for (int i = 0; i < 2; i++) {
        machines.source().kill9();
        machines.source().startAgain();
        Thread.sleep(4000);
      }
      Thread.sleep(4000); // longer than any decision takes
      StateStore.Facts known = known(mirror);
      assertThat(known.mirror().orElseThrow().epoch()).isEqualTo(Epoch.FIRST);
      assertThat(known.operations()).isEmpty();
      assertThat(WritableWatch.isWritable(mirror.source())).isTrue();
    }
  }

  @Test
  void whoeverOfThreeControllersIsKilledOrFrozenThereIsOnePromotion() throws Exception {
    try (MirrorUnderTest mirror = made(machines, "frozen", AUTOMATIC)) {
      mirror.process("reader", "run", "--role", "reader").start();
      mirror.process("applier", "run", "--role", "applier").start();
      List<ProductProcess> controllers = controllers(mirror, 3);
      awaitAtWork(mirror, 3);
      ProductProcess leader = leader(controllers);
      ProductProcess killed =
          controllers.stream().filter(it -> it != leader).findFirst().orElseThrow();
      mirror.expectEnd(killed);
      killed.kill();
      machines.source().kill9();
      await(mirror, known -> known.mirror().orElseThrow().state() != MirrorFacts.State.MIRRORING);
      leader.pause();
      await(mirror, known -> known.mirror().orElseThrow().source().value().equals("south"));
      await(mirror, known -> known.mirror().orElseThrow().state() == MirrorFacts.State.MIRRORING);
      leader.resume();
      Thread.sleep(3000); // it learns that it does not lead
      leader.requireRunning();
      List<OperationFact> promotions = automatic(mirror);
      assertThat(promotions).hasSize(1);
      assertThat(promotions.get(0).outcome()).contains("south is the source");
      assertThat(known(mirror).mirror().orElseThrow().epoch()).isEqualTo(Epoch.FIRST.next());
      assertThat(WritableWatch.isWritable(mirror.standby())).isTrue();
    }
  }

  @Test
  void anObservingControllerOnlyReports() throws Exception {
    try (MirrorUnderTest mirror = made(machines, "observed", OBSERVE)) {
      mirror.process("run", "run").start();
      controllers(mirror, 1);
      awaitAtWork(mirror, 2);
      machines.source().kill9();
      await(mirror, known -> !known.operations().isEmpty());
      Thread.sleep(3000); // were there more, they would be here
      List<OperationFact> events = known(mirror).operations();
      assertThat(events).hasSize(1);
      assertThat(events.get(0).kind()).isEqualTo(OperationFact.Kind.OBSERVED);
      assertThat(mirror.command(0, "events"))
          .contains(
              "would have promoted south because north is dead for 5.0 s to 2 of 2 observers");
      assertThat(WritableWatch.isWritable(mirror.standby())).isFalse();
      machines.source().startAgain();
      awaitAtWork(mirror, 2);
      assertThat(known(mirror).mirror().orElseThrow().epoch()).isEqualTo(Epoch.FIRST);
    }
  }

  @Tag("long")
  @Test
  void aSourceThatHangsIsReplacedAndShutWhenItWakesUp() throws Exception {
    try (MirrorUnderTest mirror = made(machines, "hanging", AUTOMATIC)) {
      mirror.process("run", "run").start();
      controllers(mirror, 1);
      awaitAtWork(mirror, 2);
      machines.source().pause();
      try {
        await(mirror, known -> known.mirror().orElseThrow().state() != MirrorFacts.State.MIRRORING);
        await(mirror, known -> known.mirror().orElseThrow().state() == MirrorFacts.State.MIRRORING);
        assertThat(WritableWatch.isWritable(mirror.standby())).isTrue();
      } finally {
        machines.source().resume();
      }
      long woken = System.nanoTime();
      await(mirror, known -> known.formers().stream().anyMatch(it -> it.shutAt().isPresent()));
      log.info("shut {} ms after it woke up", (System.nanoTime() - woken) / 1_000_000);
      assertThat(WritableWatch.isWritable(mirror.source())).isFalse();
      assertThat(automatic(mirror)).hasSize(1);
    }
  }

  @Tag("long")
  @Test
  void nothingIsPromotedUntilTheFenceCommandSucceeds(@TempDir Path folder) throws Exception {
    Path allowed = folder.resolve("allowed");
    Path fenced = folder.resolve("fenced");
    Path after = folder.resolve("after");
    String more =
        """
        failover:
          mode: automatic
          fence-command: env > %s; test -e %s
          hooks: { after: 'echo "$UNDERSTUDY_TARGET" > %s; exit 7' }
        """
            .formatted(fenced, allowed, after);
    try (MirrorUnderTest mirror = made(machines, "fencing", more)) {
      mirror.process("run", "run").start();
      controllers(mirror, 1);
      awaitAtWork(mirror, 2);
      machines.source().kill9();
      await(mirror, known -> !known.operations().isEmpty());
      assertThat(known(mirror).operations().get(0).outcome())
          .contains(
              "promoted nothing: fence-command ended with 1", "understudy promote --to south");
      assertThat(WritableWatch.isWritable(mirror.standby())).isFalse();

      Files.createFile(allowed);
      await(mirror, known -> known.mirror().orElseThrow().source().value().equals("south"));
      await(mirror, known -> outcome(known).contains("hook after ended with 7"));
      assertThat(WritableWatch.isWritable(mirror.standby())).isTrue();
      assertThat(Files.readString(after)).isEqualTo("south\n");
      assertThat(Files.readString(fenced))
          .contains(
              "UNDERSTUDY_MIRROR=fencing\n",
              "UNDERSTUDY_SOURCE=north\n",
              "UNDERSTUDY_SOURCE_URL=jdbc:postgresql://127.0.0.1:" + machines.source().port(),
              "UNDERSTUDY_TARGET=south\n",
              "UNDERSTUDY_EPOCH=1\n",
              "UNDERSTUDY_REASON=north is dead for 5.0 s to 2 of 2 observers");
    }
  }

  private static String outcome(StateStore.Facts known) {
    return known.operations().stream()
        .filter(it -> it.kind() == OperationFact.Kind.AUTOMATIC)
        .map(OperationFact::outcome)
        .findFirst()
        .orElse("");
  }

  @Tag("long")
  @Test
  void anObserverThatIsCutOffFromTheSourceIsAlone() throws Exception {
    try (MirrorUnderTest mirror = made(machines, "cut", AUTOMATIC);
        TcpProxy proxy = TcpProxy.to(machines.source().host(), machines.source().port())) {
      Path other = mirror.configuration().resolveSibling("other.yaml");
      Files.writeString(
          other,
          Files.readString(mirror.configuration())
              .replace(":" + machines.source().port() + "/", ":" + proxy.port() + "/"));
      mirror.process("run", "run").start();
      controllers(mirror, 1);
      try (ProductProcess cut =
          new ProductProcess(
              "cut",
              other.getParent(),
              Map.of(),
              "run",
              "--role",
              "controller",
              "-c",
              other.toString())) {
        cut.start();
        awaitAtWork(mirror, 3);
        proxy.blackHole();
        await(mirror, known -> seesNothing(known));
        Thread.sleep(8000); // longer than the window
        assertThat(seesNothing(known(mirror))).isTrue();
        assertThat(known(mirror).operations()).isEmpty();
        cut.requireRunning();
      }
      assertThat(WritableWatch.isWritable(mirror.source())).isTrue();
      assertThat(known(mirror).mirror().orElseThrow().epoch()).isEqualTo(Epoch.FIRST);
    }
  }
}
