package io.understudy.app.trouble;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.app.harness.Engine;
import io.understudy.app.harness.Machines;
import io.understudy.app.harness.ProductProcess;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** After a promotion: what would undo it by mistake is refused, and the way on is said. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class PromotionTroubleIT {
  private static final int REFUSED = 5;
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
  void theFormerSourceIsNotPromotedAndFollowsAfterwards() throws Exception {
    try (TroubledMirror mirror = Mirrors.made(machines)) {
      String slot = Slots.of(mirror);
      ProductProcess run = mirror.start("run");
      mirror.requireIdentical(run);
      mirror.stop(run);
      mirror.onSource("INSERT INTO item VALUES (501, 'never read', 1)");
      assertThat(mirror.command("promote", "--to", TroubledMirror.STANDBY).code()).isZero();

      mirror
          .command("promote", "--to", TroubledMirror.SOURCE)
          .requireClear(REFUSED)
          .says("south is the source since epoch 2")
          .advises("understudy init --again");
      mirror.command("run").requireClear(1).says("south is the source since epoch 2");

      mirror.onStandby("INSERT INTO item VALUES (502, 'on the new source', 1)");
      mirror.init("--again");
      assertThat(mirror.askSource("SELECT label FROM item WHERE id = 502"))
          .isEqualTo("on the new source");
      assertThat(
              mirror.askSource(
                  "SELECT count(*) FROM pg_replication_slots WHERE slot_name = '"
                      + slot
                      + "' AND database = current_database()"))
          .as("slots that keep log for nobody")
          .isEqualTo("0");
    }
  }

  @Test
  void aPromotedDatabaseIsNotOverwrittenWhenItsJournalIsGone() throws Exception {
    try (TroubledMirror mirror = Mirrors.made(machines)) {
      assertThat(mirror.command("promote", "--to", TroubledMirror.STANDBY).code()).isZero();
      mirror.onStandby("INSERT INTO item VALUES (502, 'on the new source', 1)");
      try (Admin admin =
          Admin.create(Map.of("bootstrap.servers", machines.kafka().bootstrapServers()))) {
        List<String> topics = List.of(mirror.journalTopic(), mirror.stateTopic());
        admin.deleteTopics(topics).all().get(30, TimeUnit.SECONDS);
      }

      for (String[] init : List.of(new String[] {"init"}, new String[] {"init", "--again"})) {
        mirror
            .command(init)
            .requireClear(REFUSED)
            .says("south was promoted", "journal", "gone")
            .advises("as source in the configuration");
      }
    }
  }

  @Test
  void aMirrorThatWasNeverMadeIsToBeMade() throws Exception {
    try (TroubledMirror mirror = Mirrors.notMade(machines)) {
      for (String[] command :
          List.of(new String[] {"run"}, new String[] {"promote", "--to", TroubledMirror.STANDBY})) {
        mirror
            .command(command)
            .requireClear(1)
            .says("is not made", "its journal holds nothing")
            .advises("understudy init");
      }
    }
  }
}
