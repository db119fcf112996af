package io.understudy.app.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.app.harness.Engine;
import io.understudy.app.harness.MachineHall;
import io.understudy.app.harness.Machines;
import io.understudy.app.harness.OverSomeEngines;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Timeout;

/** A process that was frozen, replaced and woken up writes nothing, says why, and ends. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class StaleProcessIT {
  private static final MachineHall HALL = new MachineHall();

  @AfterAll
  static void stop() {
    HALL.close();
  }

  @OverSomeEngines
  void aStaleReaderCannotAppend(Engine engine) throws Exception {
    Machines machines = HALL.of(engine);
    try (MirrorUnderTest mirror = new MirrorUnderTest(machines, "stale_reader", Map.of())) {
      StaleProcess.reader(mirror);
      assertThat(mirror.findings().toString()).isEqualTo("no findings");
    }
  }

  @OverSomeEngines
  void aStaleApplierCannotApply(Engine engine) throws Exception {
    Machines machines = HALL.of(engine);
    try (MirrorUnderTest mirror = new MirrorUnderTest(machines, "stale_applier", Map.of())) {
      StaleProcess.applier(mirror);
      assertThat(mirror.findings().toString()).isEqualTo("no findings");
    }
  }
}
