package io.understudy.app.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.app.harness.Machines;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A process that was frozen, replaced and woken up writes nothing, says why, and ends. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class StaleProcessIT {
  private static Machines machines;

  @BeforeAll
  static void start() {
    machines = new Machines();
  }

  @AfterAll
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
