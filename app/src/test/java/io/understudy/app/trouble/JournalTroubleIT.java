package io.understudy.app.trouble;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.app.harness.Engine;
import io.understudy.app.harness.MachineHall;
import io.understudy.app.harness.Machines;
import io.understudy.app.harness.OverSomeEngines;
import io.understudy.app.harness.ProductProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Timeout;

/** A journal that is gone, is another one, or has no room: said once, with what to do. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class JournalTroubleIT {
  private static final int DISK_MEGABYTES = 80;
  private static final long LEFT_BYTES = 8L << 20;

  private static final MachineHall HALL = new MachineHall();

  @AfterAll
  static void stop() {
    HALL.close();
  }

  @OverSomeEngines
  void tellsOfATopicThatIsDeletedUnderIt(Engine engine) throws Exception {
    Machines machines = HALL.of(engine);
    try (TroubledMirror mirror = Mirrors.made(machines)) {
      ProductProcess reader = mirror.start("run", "--role", "reader");
      ProductProcess applier = mirror.start("run", "--role", "applier");
      mirror.requireIdentical(reader, applier);
      delete(machines, mirror.journalTopic());
      mirror.onSource("INSERT INTO item VALUES (501, 'in no journal', 1)");

      for (ProductProcess process : List.of(reader, applier)) {
        mirror
            .end(process)
            .requireClear(1)
            .says("topic " + mirror.journalTopic(), "does not exist")
            .advises("understudy init --again");
      }
      mirror.init("--again");
      mirror.requireIdentical(mirror.start("run"));
    }
  }

  @OverSomeEngines
  void tellsOfATopicThatWasDeletedAndOfOneThatWasMadeInstead(Engine engine) throws Exception {
    Machines machines = HALL.of(engine);
    try (TroubledMirror mirror = Mirrors.made(machines)) {
      delete(machines, mirror.journalTopic());
      mirror.onSource("INSERT INTO item VALUES (501, 'in no journal', 1)");
      mirror
          .command("run")
          .requireClear(1)
          .says("topic " + mirror.journalTopic(), "does not exist")
          .advises("understudy init --again");

      make(machines, mirror.journalTopic());
      mirror
          .command("run")
          .requireClear(1)
          .says("topic " + mirror.journalTopic(), "was deleted and made anew")
          .advises("understudy init --again");
      mirror.init("--again");
      mirror.requireIdentical(mirror.start("run"));
    }
  }

  @OverSomeEngines
  void tellsOfAFullDiskUnderTheEmbeddedJournal(Engine engine) throws Exception {
    Machines machines = HALL.of(engine);
    try (SmallDisk disk = SmallDisk.ofMegabytes(DISK_MEGABYTES)) {
      Path folder = disk.path().resolve("journal");
      try (TroubledMirror mirror =
          new TroubledMirror(machines, machines.source(), "{ embedded: \"" + folder + "\" }")) {
        mirror.init();
        ProductProcess run = mirror.start("run");
        mirror.requireIdentical(run);
        Path others = disk.fill(LEFT_BYTES);
        mirror.onSource("INSERT INTO item VALUES (501, 'finds no room', 1)");

        requireFull(mirror.end(run), folder);
        requireFull(mirror.command("run"), folder);
        Files.delete(others);
        mirror.onSource("INSERT INTO item VALUES (502, 'has room', 1)");
        ProductProcess again = mirror.start("run");
        mirror.requireIdentical(again);
        mirror.stop(again);
      }
    }
  }

  private static void requireFull(Ending ending, Path folder) {
    ending
        .requireClear(1)
        .says("the disk under the embedded journal " + folder + " is full", "bytes are free")
        .advises("make room on the file system of " + folder, "nothing was lost");
    assertThat(ending.stderr()).doesNotContain("ApiException");
  }

  private static void delete(Machines machines, String topic) throws Exception {
    try (Admin admin = admin(machines)) {
      admin.deleteTopics(List.of(topic)).all().get(30, TimeUnit.SECONDS);
    }
  }

  private static void make(Machines machines, String topic) throws Exception {
    try (Admin admin = admin(machines)) {
      admin
          .createTopics(List.of(new NewTopic(topic, Optional.of(1), Optional.of((short) 1))))
          .all()
          .get(30, TimeUnit.SECONDS);
    }
  }

  private static Admin admin(Machines machines) {
    return Admin.create(Map.of("bootstrap.servers", machines.kafka().bootstrapServers()));
  }
}
