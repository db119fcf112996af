package io.understudy.app.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.app.harness.Engine;
import io.understudy.app.harness.Machines;
import io.understudy.app.harness.OverEngines;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;

/** A process that was frozen, replaced and woken up writes nothing, says why, and ends. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
@OverEngines
class StaleProcessIT {
  private static Machines machines;

  @Parameter Engine engine;

  @BeforeParameterizedClassInvocation
  static void start(Engine engine) {
    machines = new Machines(engine);
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    machines.close();
  }

  @Test
  void aStaleReaderCannotAppend() throws Exception {
    try (MirrorUnderTest mirror = new MirrorUnderTest(machines, "stale_reader", Map.of())) {
      StaleProcess.reader(mirror);
      assertThat(mirror.findings().toString()).isEqualTo("no findings");
    }
  }

  @Test
  void aStaleApplierCannotApply() throws Exception {
    try (MirrorUnderTest mirror = new MirrorUnderTest(machines, "stale_applier", Map.of())) {
      StaleProcess.applier(mirror);
      assertThat(mirror.findings().toString()).isEqualTo("no findings");
    }
  }
}
