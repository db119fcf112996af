package io.understudy.app.chaos;

import static io.understudy.app.chaos.Controllers.AUTOMATIC;
import static io.understudy.app.chaos.Controllers.LIMIT;
import static io.understudy.app.chaos.Controllers.assertOnePromotion;
import static io.understudy.app.chaos.Controllers.awaitAtWork;
import static io.understudy.app.chaos.Controllers.awaitPromoted;
import static io.understudy.app.chaos.Controllers.controllers;
import static io.understudy.app.chaos.Controllers.export;
import static io.understudy.app.chaos.Controllers.made;
import static io.understudy.app.chaos.Controllers.numbers;
import static io.understudy.app.chaos.Controllers.rejoin;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.understudy.app.harness.Connections;
import io.understudy.app.harness.Engine;
import io.understudy.app.harness.Machines;
import io.understudy.app.harness.Sql;
import io.understudy.testkit.TcpProxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The source is cut off from everything but its clients, and replaced. Both servers are written to
 * until the network is whole again; from then on the old one is not, and what it alone has is
 * reported.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class SplitBrainIT {
  private static final Logger log = LoggerFactory.getLogger(SplitBrainIT.class);

  private static final String SHORT_PAUSES = "retry: { initial: 200ms, max: 2s }";

  /** What is begun again after such a pause comes too late. */
  private static final String LONG_PAUSES = "retry: { initial: 30s, max: 30s }";

  /** The probe's interval of one second, on a machine that is busy with many other tests. */
  private static final long FENCED_MILLIS = 8_000;

  /** Changed on both sides. */
  private static final long DISPUTED = -1;

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
  void aSourceThatNobodyButItsClientsReachesIsShutAsSoonAsItIsReached() throws Exception {
    splitBrain("split", TcpProxy::cut, 2_500);
  }

  @Tag("long")
  @Test
  void connectionsThatHangHoldNothingUp() throws Exception {
    splitBrain("split_silent", TcpProxy::blackHole, 2_500);
  }

  /** Longer than any time-out of a connection. */
  @Tag("long")
  @Test
  void connectionsThatHangForLongHoldNothingUp() throws Exception {
    splitBrain("split_long", TcpProxy::blackHole, 45_000);
  }

  private static void splitBrain(String name, Consumer<TcpProxy> fault, long apart)
      throws Exception {
    int north = machines.source().port();
    int south = machines.standby().port();
    try (TcpProxy proxy = TcpProxy.to(machines.source().host(), north);
        MirrorUnderTest mirror =
            made(
                machines,
                name,
                AUTOMATIC,
                yaml ->
                    yaml.replace(":" + north + "/", ":" + proxy.port() + "/")
                        .replace(SHORT_PAUSES, LONG_PAUSES))) {
      Sql.run(mirror.source(), "INSERT INTO numbered (n) VALUES (" + DISPUTED + ")");
      mirror.process("run", "run").start();
      controllers(mirror, 2);
      awaitAtWork(mirror, 3);
      NumberedRows rows = new NumberedRows(mirror.primary());
      try (rows) {
        rows.awaitOn(north, LIMIT);
        awaitDisputed(mirror.standby());
        fault.accept(proxy);
        awaitPromoted(mirror);
        assertThat(WritableWatch.isWritable(mirror.source())).as("clients go on").isTrue();
        Thread.sleep(apart);
        change(mirror.source(), 1);
        change(mirror.standby(), 2);
        assertThat(rows.writesOn(south)).isFalse();
        long healed = System.nanoTime();
        proxy.heal();
        rows.awaitOn(south, LIMIT);
        long fenced = TimeUnit.NANOSECONDS.toMillis(rows.lastOn(north) - healed);
        log.info("{}: the last write on the old source {} ms after it was reachable", name, fenced);
        assertThat(fenced).isLessThan(FENCED_MILLIS);
        assertThat(WritableWatch.isWritable(mirror.source())).isFalse();
        WritableWatch watch = new WritableWatch(mirror);
        try (watch) {
          assertReported(mirror, rows);
        }
        assertThat(watch.looks()).isPositive();
      }
      mirror.command(0, "verify"); // behind the last write
      assertOnePromotion(mirror);
      mirror.journal().run(mirror.findings());
      assertThat(mirror.findings().toString()).isEqualTo("no findings");
    }
  }

  private static void assertReported(MirrorUnderTest mirror, NumberedRows rows) throws Exception {
    Path report = export(mirror);
    Set<Long> numbers = numbers(report);
    assertThat(numbers.remove(DISPUTED)).isTrue();
    rows.checkReported(numbers, mirror.source(), mirror.standby());
    assertThat(conflicts(report)).containsExactly(DISPUTED);
    rejoin(mirror);
  }

  private static Set<Long> conflicts(Path report) throws Exception {
    Set<Long> found = new TreeSet<>();
    for (JsonNode transaction : new ObjectMapper().readTree(report.toFile()).get("transactions")) {
      for (JsonNode change : transaction.get("changes")) {
        if (!change.get("conflicts").isEmpty()) {
          found.add(change.at("/new/n").asLong());
        }
      }
    }
    return found;
  }

  private static void awaitDisputed(Connections standby) throws Exception {
    String present = "SELECT count(*) FROM numbered WHERE n = " + DISPUTED;
    long deadline = System.nanoTime() + LIMIT.toNanos();
    try (Connection connection = standby.open()) {
      while (!Sql.text(connection, present).equals("1")) {
        assertThat(System.nanoTime()).isLessThan(deadline);
        Thread.sleep(50);
      }
    }
  }

  private static void change(Connections side, int port) throws SQLException {
    Sql.run(side, "UPDATE numbered SET port = " + port + " WHERE n = " + DISPUTED);
  }
}
