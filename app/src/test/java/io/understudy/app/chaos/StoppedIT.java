package io.understudy.app.chaos;

import static io.understudy.app.chaos.Controllers.AUTOMATIC;
import static io.understudy.app.chaos.Controllers.LIMIT;
import static io.understudy.app.chaos.Controllers.assertOnePromotion;
import static io.understudy.app.chaos.Controllers.await;
import static io.understudy.app.chaos.Controllers.awaitAtWork;
import static io.understudy.app.chaos.Controllers.awaitPromoted;
import static io.understudy.app.chaos.Controllers.controllers;
import static io.understudy.app.chaos.Controllers.export;
import static io.understudy.app.chaos.Controllers.has;
import static io.understudy.app.chaos.Controllers.journaled;
import static io.understudy.app.chaos.Controllers.leader;
import static io.understudy.app.chaos.Controllers.made;
import static io.understudy.app.chaos.Controllers.numbers;
import static io.understudy.app.chaos.Controllers.rejoin;
import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.app.harness.Engine;
import io.understudy.app.harness.Machines;
import io.understudy.app.harness.ProductProcess;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Source, reader, applier and the leading controller are stopped in the same moment, replaced, and
 * woken up when every time-out of theirs is over: they change nothing, and take their new roles.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class StoppedIT {
  /** Longer than sessions, transactions and groups of Kafka live, and observers are remembered. */
  private static final long SLEEP_MILLIS = 75_000;

  private static final long OTHERS = 1_000_000;

  private static Machines machines;

  @BeforeAll
  static void start() {
    machines = new Machines(Engine.POSTGRESQL);
  }

  @AfterAll
  static void stop() {
    machines.close();
  }

  @Tag("long")
  @Test
  void whoeverSleptThroughAPromotionChangesNothing() throws Exception {
    int north = machines.source().port();
    int south = machines.standby().port();
    try (MirrorUnderTest mirror = made(machines, "stopped", AUTOMATIC)) {
      ProductProcess reader = mirror.reader("reader");
      ProductProcess applier = mirror.applier("applier");
      List.of(reader, applier).forEach(ProductProcess::start);
      List<ProductProcess> controllers = controllers(mirror, 3);
      awaitAtWork(mirror, 3);
      List<ProductProcess> sleepers = Stream.of(reader, applier, leader(controllers)).toList();
      NumberedRows rows = new NumberedRows(mirror.primary());
      NumberedRows others;
      try (rows) {
        rows.awaitOn(north, LIMIT);
        Thread.sleep(1500);
        machines.source().pause();
        try {
          sleepers.forEach(ProductProcess::pause);
          awaitPromoted(mirror);
          others = new NumberedRows(mirror.standby(), OTHERS);
          others.awaitOn(south, LIMIT);
          Thread.sleep(SLEEP_MILLIS);
        } finally {
          machines.source().resume();
          sleepers.forEach(ProductProcess::resume);
        }
        rows.awaitOn(south, LIMIT); // its first connection woke up with the source
      }
      try (others) {
        await(mirror, known -> has(known, "FENCED") && has(known, "STREAMING"));
        WritableWatch watch = new WritableWatch(mirror);
        try (watch) {
          Thread.sleep(5000); // what they would do they have done
        }
        assertThat(watch.looks()).isPositive();
      }
      sleepers.forEach(ProductProcess::requireRunning);
      rows.check(mirror.standby(), north, journaled(mirror));
      assertThat(others.lost(mirror.standby())).isEmpty();
      rows.checkReported(numbers(export(mirror)), mirror.source(), mirror.standby());
      rejoin(mirror);
      assertOnePromotion(mirror);
      mirror.journal().run(mirror.findings());
      assertThat(mirror.findings().toString()).isEqualTo("no findings");
    }
  }
}
