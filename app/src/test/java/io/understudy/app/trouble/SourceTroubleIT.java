package io.understudy.app.trouble;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.app.harness.Machines;
import io.understudy.app.harness.ProductProcess;
import io.understudy.testkit.PostgresServer;
import io.understudy.testkit.PostgresSettings;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A source that does not give the log any more, or never could: said once, with what to do. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class SourceTroubleIT {
  private static Machines machines;

  @BeforeAll
  static void start() {
    machines = new Machines(PostgresSettings.defaults().withPassword(Mirrors.PASSWORD));
  }

  @AfterAll
  static void stop() {
    machines.close();
  }

  @Test
  void tellsOfASlotThatWasDropped() throws Exception {
    try (TroubledMirror mirror = Mirrors.made(machines)) {
      String slot = mirror.slot();
      ProductProcess run = mirror.start("run");
      mirror.requireIdentical(run);
      mirror.stop(run);
      mirror.onSource("SELECT pg_drop_replication_slot('" + slot + "')");
      mirror.onSource("INSERT INTO item VALUES (501, 'never logged', 1)");

      mirror
          .command("run")
          .requireClear(1)
          .says("replication slot " + slot, "is gone", "not in the journal")
          .advises("understudy init --again");
      mirror.init("--again");
      mirror.requireIdentical(mirror.start("run"));
    }
  }

  @Test
  void tellsOfASlotThatIsDroppedUnderTheReader() throws Exception {
    try (TroubledMirror mirror = Mirrors.made(machines)) {
      String slot = mirror.slot();
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
  void tellsOfASlotThatWasAdvanced() throws Exception {
    try (TroubledMirror mirror = Mirrors.made(machines)) {
      String slot = mirror.slot();
      mirror.onSource("INSERT INTO item VALUES (501, 'skipped', 1)");
      mirror.onSource(
          "SELECT pg_replication_slot_advance('" + slot + "', pg_current_wal_insert_lsn())");
      String stands =
          mirror.askSource(
              "SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE slot_name = '"
                  + slot
                  + "'");

      mirror
          .command("run")
          .requireClear(1)
          .says("replication slot " + slot, "ahead of the journal's tail", stands, "missing")
          .advises("understudy init --again");
      mirror.init("--again");
      mirror.requireIdentical(mirror.start("run"));
    }
  }

  @Test
  void tellsWhoElseHoldsTheSlot() throws Exception {
    try (TroubledMirror mirror = Mirrors.made(machines)) {
      String slot = mirror.slot();
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
      String slot = mirror.slot();
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
  void tellsOfAWrongPassword() throws Exception {
    try (TroubledMirror mirror = Mirrors.notMade(machines)) {
      String right = mirror.yaml();
      String wrong = Mirrors.withWrongPassword(right, TroubledMirror.SOURCE);
      for (String command : new String[] {"init", "run"}) {
        mirror.writeYaml(wrong);
        Ending ending =
            mirror
                .command(command)
                .requireClear(1)
                .says("database north", "password authentication failed for user \"postgres\"")
                .advises("check user and password");
        assertThat(ending.stderr()).doesNotContain(Mirrors.WRONG_PASSWORD);
        mirror.writeYaml(right);
        if (command.equals("init")) {
          mirror.init();
          mirror.onSource("INSERT INTO item VALUES (501, 'meanwhile', 1)");
        }
      }
      mirror.requireIdentical(mirror.start("run"));
    }
  }

  @Test
  void refusesALogThatLacksWhatAMirrorNeeds() throws Exception {
    PostgresSettings settings =
        PostgresSettings.defaults().with("wal_level", "replica").withPassword(Mirrors.PASSWORD);
    try (PostgresServer source = PostgresServer.start(settings);
        TroubledMirror mirror =
            new TroubledMirror(source, machines.standby(), Mirrors.journal(machines))) {
      Ending ending =
          mirror
              .command("init")
              .requireClear(1)
              .says(
                  "north: wal_level: is 'replica'",
                  "ALTER SYSTEM SET wal_level = 'logical'",
                  "restart");
      String line = ending.message().substring(ending.message().indexOf("ALTER SYSTEM"));
      mirror.onSource(line.substring(0, line.indexOf(';')));
      source.restart();
      mirror.init();
      mirror.requireIdentical(mirror.start("run"));
    }
  }
}
