package io.understudy.app.chaos;

import static io.understudy.app.chaos.Controllers.AUTOMATIC;
import static io.understudy.app.chaos.Controllers.LIMIT;
import static io.understudy.app.chaos.Controllers.areAtWork;
import static io.understudy.app.chaos.Controllers.assertOnePromotion;
import static io.understudy.app.chaos.Controllers.await;
import static io.understudy.app.chaos.Controllers.awaitAtWork;
import static io.understudy.app.chaos.Controllers.awaitPromoted;
import static io.understudy.app.chaos.Controllers.controllers;
import static io.understudy.app.chaos.Controllers.export;
import static io.understudy.app.chaos.Controllers.journaled;
import static io.understudy.app.chaos.Controllers.known;
import static io.understudy.app.chaos.Controllers.made;
import static io.understudy.app.chaos.Controllers.numbers;
import static io.understudy.app.chaos.Controllers.rejoin;
import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.app.harness.Engine;
import io.understudy.app.harness.Machines;
import io.understudy.app.harness.ProductProcess;
import io.understudy.journal.Epoch;
import io.understudy.journal.kafka.MirrorFacts;
import io.understudy.testkit.KafkaCluster;
import io.understudy.testkit.TcpProxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One of three brokers is lost, or one of three controllers loses its way to all of them: those
 * that are left do what all would have done, once.
 */
@Tag("long")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class BrokersIT {
  private static final Logger log = LoggerFactory.getLogger(BrokersIT.class);

  private static KafkaCluster brokers;
  private static Machines machines;

  @BeforeAll
  static void start() {
    machines =
        new Machines(
            Engine.POSTGRESQL, Engine.POSTGRESQL::start, () -> brokers = KafkaCluster.start(3));
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
  void theMirrorGoesOnWithoutABrokerAndFailsOverOnce() throws Exception {
    int north = machines.source().port();
    try (MirrorUnderTest mirror = made(machines, "brokers", AUTOMATIC, BrokersIT::replicated)) {
      mirror.process("run", "run").start();
      controllers(mirror, 2);
      awaitAtWork(mirror, 3);
      NumberedRows rows = new NumberedRows(mirror.primary());
      try (rows) {
        rows.awaitOn(north, LIMIT);
        Thread.sleep(1000);
        int lost = leaderOf("understudy.brokers.journal");
        brokers.killNode(lost);
        long before = rows.lastOn(north);
        rows.awaitMirrored(mirror.standby(), LIMIT);
        log.info(
            "all that was acknowledged is mirrored {} ms after broker {} was killed",
            (System.nanoTime() - before) / 1_000_000,
            lost);
        assertThat(known(mirror).mirror().orElseThrow().epoch()).isEqualTo(Epoch.FIRST);
        brokers.startNode(lost);
        awaitAtWork(mirror, 3);

        lost = leaderOf("understudy.brokers.observations");
        machines.source().kill9();
        await(mirror, known -> known.mirror().orElseThrow().state() != MirrorFacts.State.MIRRORING);
        brokers.killNode(lost);
        awaitPromoted(mirror);
        rows.awaitOn(machines.standby().port(), LIMIT);
        rows.check(mirror.standby(), north, journaled(mirror));
        brokers.startNode(lost);
        machines.source().startAgain();
        rows.checkReported(numbers(export(mirror)), mirror.source(), mirror.standby());
      }
      rejoin(mirror);
      assertOnePromotion(mirror);
      mirror.journal().run(mirror.findings());
      assertThat(mirror.findings().toString()).isEqualTo("no findings");
    }
  }

  @Test
  void aLeaderThatIsRefusedByAllBrokersPromotesNothing() throws Exception {
    withoutItsLeader("refused", TcpProxy::cut);
  }

  @Test
  void aLeaderThatNoBrokerAnswersPromotesNothing() throws Exception {
    withoutItsLeader("silent", TcpProxy::blackHole);
  }

  private static void withoutItsLeader(String name, Consumer<TcpProxy> fault) throws Exception {
    int north = machines.source().port();
    try (MirrorUnderTest mirror = made(machines, name, AUTOMATIC, BrokersIT::replicated)) {
      mirror.reader("reader").start();
      mirror.applier("applier").start();
      Path aside = mirror.configuration().resolveSibling("aside.yaml");
      Files.writeString(
          aside,
          Files.readString(mirror.configuration())
              .replace(brokers.bootstrapServers(), brokers.bootstrapServersAside()));
      try (ProductProcess leader = aside(aside)) {
        leader.start();
        awaitAtWork(mirror, 1);
        controllers(mirror, 2);
        awaitAtWork(mirror, 3);
        assertThat(leader.stderr()).contains("leads the controllers");
        NumberedRows rows = new NumberedRows(mirror.primary());
        try (rows) {
          rows.awaitOn(north, LIMIT);
          brokers.proxies().forEach(fault);
          machines.source().kill9();
          awaitPromoted(mirror);
          Thread.sleep(35_000); // it finds out that it hears nothing, and tries to join anew
          leader.requireRunning();
          assertThat(leader.stderr()).doesNotContain("promoting south");
          brokers.proxies().forEach(TcpProxy::heal);
          await(mirror, known -> areAtWork(known, 3));
          Thread.sleep(5_000); // what it would do it has done
          leader.requireRunning();
          rows.check(mirror.standby(), north, journaled(mirror));
        } finally {
          brokers.proxies().forEach(TcpProxy::heal);
        }
        assertOnePromotion(mirror);
        assertThat(WritableWatch.isWritable(mirror.standby())).isTrue();
        mirror.journal().run(mirror.findings());
        assertThat(mirror.findings().toString()).isEqualTo("no findings");
      }
    }
  }

  private static ProductProcess aside(Path configuration) {
    return new ProductProcess(
        "aside",
        configuration.getParent(),
        Map.of(),
        "run",
        "--role",
        "controller",
        "-c",
        configuration.toString());
  }

  private static String replicated(String yaml) {
    return yaml.replace("replication-factor: 1", "replication-factor: 3");
  }

  private static int leaderOf(String topic) throws InterruptedException {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers.bootstrapServers()))) {
      return admin
          .describeTopics(List.of(topic))
          .allTopicNames()
          .get()
          .get(topic)
          .partitions()
          .get(0)
          .leader()
          .id();
    } catch (ExecutionException e) {
      throw new AssertionError("asking who leads " + topic, e);
    }
  }
}
