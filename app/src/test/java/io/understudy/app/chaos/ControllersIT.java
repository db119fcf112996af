package io.understudy.app.chaos;

import static io.understudy.app.chaos.Controllers.AUTOMATIC;
import static io.understudy.app.chaos.Controllers.LIMIT;
import static io.understudy.app.chaos.Controllers.assertOnePromotion;
import static io.understudy.app.chaos.Controllers.awaitAtWork;
import static io.understudy.app.chaos.Controllers.awaitPromoted;
import static io.understudy.app.chaos.Controllers.controllers;
import static io.understudy.app.chaos.Controllers.export;
import static io.understudy.app.chaos.Controllers.journaled;
import static io.understudy.app.chaos.Controllers.made;
import static io.understudy.app.chaos.Controllers.numbers;
import static io.understudy.app.chaos.Controllers.rejoin;
import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.app.harness.Connections;
import io.understudy.app.harness.Engine;
import io.understudy.app.harness.Machines;
import io.understudy.testkit.KafkaServer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Controllers whose brokers are away decide nothing; when they are back, they decide once. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ControllersIT {
  private static final Logger log = LoggerFactory.getLogger(ControllersIT.class);

  /** Twice the window, and a decision's time. */
  private static final Duration WHILE_AWAY = Duration.ofSeconds(12);

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
  void whileBrokersHangNobodyPromotesAndThenOneDoes() throws Exception {
    withoutBrokers("hang", KafkaServer::pause, KafkaServer::resume, WHILE_AWAY);
  }

  @Tag("long")
  @Test
  void whileBrokersAreDeadNobodyPromotesAndThenOneDoes() throws Exception {
    withoutBrokers("dead", KafkaServer::kill9, KafkaServer::startAgain, WHILE_AWAY);
  }

  /** Longer than a group's session, and than controllers wait for what they said themselves. */
  @Tag("long")
  @Test
  void whileBrokersHangForLongNobodyPromotesAndThenOneDoes() throws Exception {
    withoutBrokers("hang_long", KafkaServer::pause, KafkaServer::resume, Duration.ofSeconds(75));
  }

  private static void withoutBrokers(
      String name, Consumer<KafkaServer> away, Consumer<KafkaServer> back, Duration time)
      throws Exception {
    int north = machines.source().port();
    int south = machines.standby().port();
    try (MirrorUnderTest mirror = made(machines, name, AUTOMATIC)) {
      mirror.process("run", "run").start();
      controllers(mirror, 2);
      awaitAtWork(mirror, 3);
      NumberedRows rows = new NumberedRows(mirror.primary());
      try (rows) {
        rows.awaitOn(north, LIMIT);
        Thread.sleep(1000);
        away.accept(machines.kafka());
        try {
          Thread.sleep(500); // what is written now is not journaled
          machines.source().kill9();
          assertNotWritable(mirror.standby(), time);
        } finally {
          back.accept(machines.kafka());
        }
        long begun = System.nanoTime();
        long written = rows.awaitOn(south, LIMIT);
        log.info(
            "{}: the first write on the standby {} ms after the brokers were back",
            name,
            TimeUnit.NANOSECONDS.toMillis(written - begun));
        awaitPromoted(mirror);
        rows.check(mirror.standby(), north, journaled(mirror));
        machines.source().startAgain();
        rows.checkReported(numbers(export(mirror)), mirror.source(), mirror.standby());
      }
      rejoin(mirror);
      assertOnePromotion(mirror);
      mirror.journal().run(mirror.findings());
      assertThat(mirror.findings().toString()).isEqualTo("no findings");
    }
  }

  private static void assertNotWritable(Connections database, Duration time)
      throws SQLException, InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() < end) {
      assertThat(WritableWatch.isWritable(database)).isFalse();
      Thread.sleep(100);
    }
  }
}
