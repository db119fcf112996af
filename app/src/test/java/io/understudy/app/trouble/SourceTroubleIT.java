package io.understudy.app.trouble;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.app.harness.Engine;
import io.understudy.app.harness.MachineHall;
import io.understudy.app.harness.Machines;
import io.understudy.app.harness.OverSomeEngines;
import io.understudy.app.harness.ProductProcess;
import io.understudy.testkit.DatabaseServer;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A source that does not give the log any more, or never could: said once, with what to do. */
@Timeout(value = 6, unit = TimeUnit.MINUTES)
class SourceTroubleIT {
  private static final Logger log = LoggerFactory.getLogger(SourceTroubleIT.class);
  private static final MachineHall HALL = new MachineHall();

  @AfterAll
  static void stop() {
    HALL.close();
  }

  @OverSomeEngines
  void tellsOfALogThatIsNotThereAnyMore(Engine engine) throws Exception {
    Machines machines = HALL.of(engine);
    for (SourceHarm harm : SourceHarm.of(engine)) {
      log.info("{}: {}", engine, harm);
      try (TroubledMirror mirror = Mirrors.made(machines)) {
        ProductProcess run = mirror.start("run");
        mirror.requireIdentical(run);
        mirror.stop(run);
        String[] parts = harm.act().on(mirror).toArray(String[]::new);

        mirror.command("run").requireClear(1).says(parts).advises("understudy init --again");
        mirror.init("--again");
        mirror.requireIdentical(mirror.start("run"));
      }
    }
  }

  @OverSomeEngines
  void tellsOfAWrongPassword(Engine engine) throws Exception {
    Machines machines = HALL.of(engine);
    try (TroubledMirror mirror = Mirrors.notMade(machines)) {
      String right = mirror.yaml();
      String wrong = Mirrors.withWrongPassword(right, TroubledMirror.SOURCE);
      for (String command : new String[] {"init", "run"}) {
        mirror.writeYaml(wrong);
        Ending ending =
            mirror
                .command(command)
                .requireClear(1)
                .says("database north", engine.dialect().wrongPassword(machines.source().user()))
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

  @OverSomeEngines
  void refusesALogThatLacksWhatAMirrorNeeds(Engine engine) throws Exception {
    Machines machines = HALL.of(engine);
    for (Unfit unfit : Unfit.of(engine)) {
      log.info("{}: {}", engine, unfit);
      Map<String, String> settings = Map.of(unfit.setting(), unfit.value());
      try (DatabaseServer source = engine.start(settings);
          TroubledMirror mirror = new TroubledMirror(machines, source, Mirrors.journal(machines))) {
        mirror
            .command("init")
            .requireClear(1)
            .says("north: " + unfit.problem(), unfit.statement())
            .says(unfit.restart() ? "restart" : "");
        mirror.onSource(unfit.statement());
        if (unfit.restart()) {
          source.restart();
        }
        mirror.init();
        mirror.requireIdentical(mirror.start("run"));
      }
    }
  }
}
