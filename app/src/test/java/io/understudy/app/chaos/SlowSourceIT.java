package io.understudy.app.chaos;

import static io.understudy.app.chaos.Controllers.AUTOMATIC;
import static io.understudy.app.chaos.Controllers.awaitAtWork;
import static io.understudy.app.chaos.Controllers.controllers;
import static io.understudy.app.chaos.Controllers.known;
import static io.understudy.app.chaos.Controllers.made;
import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.app.harness.Engine;
import io.understudy.app.harness.Machines;
import io.understudy.journal.Epoch;
import io.understudy.journal.kafka.OperationFact;
import io.understudy.testkit.TcpProxy;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A source that takes seconds for each answer is not dead. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class SlowSourceIT {
  private static final Logger log = LoggerFactory.getLogger(SlowSourceIT.class);
  private static final long WATCHED_MILLIS = 60_000;

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
  void aSourceThatIsSlowStaysTheSource() throws Exception {
    int north = machines.source().port();
    try (TcpProxy proxy = TcpProxy.to(machines.source().host(), north);
        MirrorUnderTest mirror =
            made(
                machines,
                "slow",
                AUTOMATIC,
                yaml -> yaml.replace(":" + north + "/", ":" + proxy.port() + "/"))) {
      mirror.process("run", "run").start();
      controllers(mirror, 2);
      awaitAtWork(mirror, 3);
      proxy.delay(TcpProxy.Direction.FROM_TARGET, Duration.ofMillis(2_500));
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(WATCHED_MILLIS);
      while (System.nanoTime() < end) {
        Thread.sleep(5_000);
        known(mirror).roles().stream()
            .filter(it -> it.role().startsWith("controller/"))
            .forEach(it -> log.info("{} {}: {}", it.role(), it.state(), it.detail()));
        assertThat(known(mirror).mirror().orElseThrow().epoch()).isEqualTo(Epoch.FIRST);
      }
      assertThat(known(mirror).operations())
          .noneMatch(it -> it.kind() == OperationFact.Kind.AUTOMATIC);
      assertThat(WritableWatch.isWritable(mirror.source())).isTrue();
      assertThat(WritableWatch.isWritable(mirror.standby())).isFalse();
      proxy.heal();
      awaitAtWork(mirror, 3);
      mirror.requireRunning();
    }
  }
}
