package io.understudy.app.trouble;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.app.harness.Engine;
import io.understudy.app.harness.MachineHall;
import io.understudy.app.harness.Machines;
import io.understudy.app.harness.OverSomeEngines;
import io.understudy.app.harness.ProductProcess;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Timeout;

/** A standby that cannot take what the source did: said once, with what to do, and made good. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class StandbyTroubleIT {
  private static final MachineHall HALL = new MachineHall();

  @AfterAll
  static void stop() {
    HALL.close();
  }

  @OverSomeEngines
  void tellsWhichTableLacksARowAndKeepsItsPlace(Engine engine) throws Exception {
    Machines machines = HALL.of(engine);
    try (TroubledMirror mirror = Mirrors.made(machines)) {
      mirror.onStandby("DELETE FROM item WHERE id = 7");
      ProductProcess run = mirror.start("run");
      mirror.onSource("INSERT INTO item VALUES (501, 'before', 1)");
      mirror.onSource(
          "BEGIN; UPDATE item SET stock = 5 WHERE id = 6; "
              + "UPDATE item SET stock = 5 WHERE id = 7; COMMIT");
      mirror.onSource("INSERT INTO item VALUES (502, 'behind', 2)");

      mirror
          .end(run)
          .requireClear(1)
          .says(
              "row missing on south",
              "update of " + mirror.table("item"),
              "key columns id",
              "transaction ")
          .advises("understudy init --again");

      mirror.onStandby("INSERT INTO item VALUES (7, 'item 7', 7)");
      mirror.requireIdentical(mirror.start("run"));
    }
  }

  @OverSomeEngines
  void tellsOfATableThatWasDropped(Engine engine) throws Exception {
    Machines machines = HALL.of(engine);
    try (TroubledMirror mirror = Mirrors.made(machines)) {
      ProductProcess run = mirror.start("run");
      mirror.onSource("UPDATE item SET stock = 8 WHERE id = 9");
      mirror.requireIdentical(run);
      mirror.onStandby("DROP TABLE item");
      mirror.onSource("UPDATE item SET stock = 9 WHERE id = 9");

      mirror
          .end(run)
          .requireClear(1)
          .says("south", mirror.table("item"), "transaction ")
          .advises("understudy init --again");

      mirror
          .command("run")
          .requireClear(1)
          .says("table " + mirror.table("item") + " is missing on south", "transaction ")
          .advises("with all its rows", "understudy init --again");
      mirror.onStandby(
          "CREATE TABLE item (id int PRIMARY KEY, label text NOT NULL, stock int NOT NULL DEFAULT 0)");
      mirror.init("--again");
      mirror.requireIdentical(mirror.start("run"));
    }
  }

  @OverSomeEngines
  void tellsOfAColumnTooManyOnEitherSide(Engine engine) throws Exception {
    Machines machines = HALL.of(engine);
    try (TroubledMirror mirror = Mirrors.made(machines)) {
      mirror.onStandby("ALTER TABLE item ADD COLUMN note text");
      mirror.onSource("UPDATE item SET stock = stock + 1 WHERE id = 3");
      Ending extra =
          mirror
              .command("run")
              .requireClear(1)
              .says(
                  "column note of table "
                      + mirror.table("item")
                      + " is on south but not on the source")
              .advises(mirror.alterItem("DROP", "note"));
      mirror.onStandby(statement(extra.remedy()));
      ProductProcess run = mirror.start("run");
      mirror.requireIdentical(run);

      mirror.onSource("ALTER TABLE item ADD COLUMN colour text");
      mirror.onSource("INSERT INTO item VALUES (601, 'painted', 1, 'red')");
      mirror.end(run).requireClear(1).says(mirror.table("item"));
      mirror.onStandby("ALTER TABLE item ADD COLUMN colour text");
      mirror.init("--again");
      mirror.requireIdentical(mirror.start("run"));
    }
  }

  @OverSomeEngines
  void tellsOfAColumnThatIsAddedUnderTheApplier(Engine engine) throws Exception {
    Machines machines = HALL.of(engine);
    try (TroubledMirror mirror = Mirrors.made(machines)) {
      ProductProcess run = mirror.start("run");
      mirror.onSource("UPDATE item SET stock = stock + 1 WHERE id = 3");
      mirror.requireIdentical(run);
      mirror.onStandby("ALTER TABLE item ADD COLUMN note text");
      for (int stock = 0; run.isAlive() && stock < 300; stock++) {
        mirror.onSource("UPDATE item SET stock = " + stock + " WHERE id = 4");
        Thread.sleep(100);
      }
      Ending extra =
          mirror
              .end(run)
              .requireClear(1)
              .says(
                  "column note of table "
                      + mirror.table("item")
                      + " is on south but not on the source")
              .advises(mirror.alterItem("DROP", "note"));
      mirror.onStandby(statement(extra.remedy()));
      mirror.requireIdentical(mirror.start("run"));
    }
  }

  @OverSomeEngines
  void tellsOfAWrongPassword(Engine engine) throws Exception {
    Machines machines = HALL.of(engine);
    try (TroubledMirror mirror = Mirrors.made(machines)) {
      String right = mirror.yaml();
      mirror.writeYaml(Mirrors.withWrongPassword(right, TroubledMirror.STANDBY));
      mirror.onSource("INSERT INTO item VALUES (701, 'meanwhile', 1)");
      Ending ending =
          mirror
              .command("run")
              .requireClear(1)
              .says("south", engine.dialect().wrongPassword(machines.standby().user()))
              .advises("correct user and password of south");
      assertThat(ending.stderr()).doesNotContain(Mirrors.WRONG_PASSWORD);
      mirror.writeYaml(right);
      mirror.requireIdentical(mirror.start("run"));
    }
  }

  /** The statement that a remedy quotes. */
  static String statement(String remedy) {
    int begin = remedy.indexOf("ALTER TABLE");
    int end = remedy.indexOf(';', begin);
    assertThat(begin).isNotNegative();
    return remedy.substring(begin, end < 0 ? remedy.length() : end);
  }
}
