package io.understudy.app.trouble;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.app.harness.Engine;
import io.understudy.app.harness.Machines;
import io.understudy.app.harness.ProductProcess;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** PostgreSQL's own troubles: somebody else and the mirror's replication slot, and new columns. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class SlotTroubleIT {
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
  void tellsOfASlotThatIsDroppedUnderTheReader() throws Exception {
    try (TroubledMirror mirror = Mirrors.made(machines)) {
      String slot = Slots.of(mirror);
      ProductProcess run = mirror.start("run");
      mirror.requireIdentical(run);
      Slots.dropUnderItsReader(mirror, slot);

      mirror
          .end(run)
          .requireClear(1)
          .says("replication slot " + slot, "is gone")
          .advises("understudy init --again");
      mirror.init("--again");
      mirror.requireIdentical(mirror.start("run"));
    }
  }

  @Test
  void tellsWhoElseHoldsTheSlot() throws Exception {
    try (TroubledMirror mirror = Mirrors.made(machines)) {
      String slot = Slots.of(mirror);
      mirror.onSource("INSERT INTO item VALUES (501, 'waits in the slot', 1)");
      try (Slots.Consumer other = Slots.consume(machines.source(), mirror, slot)) {
        Ending ending =
            mirror
                .command("run", "--role", "reader")
                .requireClear(1)
                .says(
                    "replication slot " + slot,
                    "is in use by",
                    "process " + other.pid(),
                    Slots.OTHER)
                .advises("SELECT pg_terminate_backend(" + other.pid() + ")");
        mirror.onSource(ending.remedy().substring(ending.remedy().indexOf("SELECT")));
      }
      ProductProcess reader = mirror.start("run", "--role", "reader");
      mirror.requireIdentical(reader, mirror.start("run", "--role", "applier"));
    }
  }

  @Test
  void isNotDisturbedByAnotherConsumer() throws Exception {
    try (TroubledMirror mirror = Mirrors.made(machines)) {
      String slot = Slots.of(mirror);
      ProductProcess run = mirror.start("run");
      mirror.requireIdentical(run);
      String holder = Slots.holder(mirror, slot);
      assertThat(Slots.refusal(machines.source(), mirror, slot)).contains("is active");
      mirror.requireIdentical(run);
      assertThat(Slots.holder(mirror, slot)).isEqualTo(holder);
      assertThat(run.stderr()).doesNotContain("RETRYING");
    }
  }

  @Test
  void tellsOfAColumnThatOnlyTheSourceHas() throws Exception {
    try (TroubledMirror mirror = Mirrors.made(machines)) {
      ProductProcess run = mirror.start("run");
      mirror.requireIdentical(run);
      mirror.onSource("ALTER TABLE item ADD COLUMN colour text");
      mirror.onSource("INSERT INTO item VALUES (601, 'painted', 1, 'red')");
      Ending missing =
          mirror
              .end(run)
              .requireClear(1)
              .says("column colour of table public.item is missing on south", "transaction ")
              .advises("ALTER TABLE \"public\".\"item\" ADD COLUMN \"colour\" text");
      mirror.onStandby(StandbyTroubleIT.statement(missing.remedy()));
      mirror.requireIdentical(mirror.start("run"));
    }
  }

  /** No obstacle, but nothing to learn of after a promotion. */
  @Test
  void namesWhatTheMirrorLeavesOutBeforeItCopies() throws Exception {
    try (TroubledMirror mirror = Mirrors.notMade(machines)) {
      mirror.onSource("SELECT lo_create(0) FROM generate_series(1, 2)");
      mirror.onSource("CREATE MATERIALIZED VIEW stock AS SELECT sum(stock) FROM item");
      ProductProcess init = mirror.start("init");
      assertThat(init.awaitExit(Duration.ofMinutes(1))).hasValue(0);
      assertThat(init.said())
          .containsSubsequence(
              "not mirrored: north: materialized view public.stock: ",
              "not mirrored: north: 2 large objects: ",
              "bytea",
              "snapshot of north");
      mirror.requireIdentical(mirror.start("run"));
    }
  }
}
