package io.understudy.journal.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.understudy.journal.MirrorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/**
 * A journal on a file system of 64 MB. Mounting one takes root, and more than some containers
 * allow.
 */
@EnabledIf("canMount")
class FullDiskIT {
  @TempDir Path mount;

  static boolean canMount() throws Exception {
    Path folder = Files.createTempDirectory("mount");
    try {
      boolean can = ended("mount", "-t", "tmpfs", "probe", folder.toString()) == 0;
      if (can) {
        run("umount", folder.toString());
      }
      return can;
    } finally {
      Files.delete(folder);
    }
  }

  @BeforeEach
  void mount() throws Exception {
    run("mount", "-t", "tmpfs", "-o", "size=64m", "journal", mount.toString());
  }

  @AfterEach
  void unmount() throws Exception {
    run("umount", "-l", mount.toString());
  }

  @Test
  void stopsBeforeTheDiskIsFullAndLosesNothing() throws Exception {
    int written;
    long pid;
    try (EmbeddedBroker broker = EmbeddedBroker.attach(mount)) {
      pid = broker.pid();
      EmbeddedBrokerIT.createTopic(broker.bootstrapServers());
      written = writeUntilRefused(broker);

      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> broker.state() == EmbeddedBroker.State.FAILED);
      assertThat(broker.failure().orElseThrow()).isInstanceOf(MirrorException.Operator.class);
      assertThatThrownBy(broker::bootstrapServers)
          .hasMessageContaining(mount + " is full: ")
          .hasMessageContaining("bytes are free");
    }
    EmbeddedBrokerIT.awaitEnd(pid);
    assertThat(mount.resolve("broker.crash.log")).doesNotExist();
    assertThatThrownBy(() -> EmbeddedBroker.attach(mount))
        .isInstanceOf(MirrorException.Operator.class)
        .hasMessageContaining("is full");

    run("mount", "-o", "remount,size=128m", mount.toString());
    try (EmbeddedBroker broker = EmbeddedBroker.attach(mount)) {
      assertThat(EmbeddedBrokerIT.values(broker.bootstrapServers()))
          .hasSizeGreaterThanOrEqualTo(written);
      pid = broker.pid();
    }
    EmbeddedBrokerIT.awaitEnd(pid);
  }

  private static int writeUntilRefused(EmbeddedBroker broker) {
    byte[] value = new byte[900_000];
    new Random(1).nextBytes(value);
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers", broker.bootstrapServers(),
            "acks", "all",
            "delivery.timeout.ms", 5_000,
            "request.timeout.ms", 3_000,
            "max.block.ms", 5_000);
    int written = 0;
    try (var producer =
        new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
      while (broker.state() == EmbeddedBroker.State.RUNNING) {
        producer.send(new ProducerRecord<>("events", value)).get(20, TimeUnit.SECONDS);
        written++;
      }
    } catch (ExecutionException e) {
      // The broker has gone: the client sees a time-out, the reason is the broker's to tell.
    } catch (InterruptedException | java.util.concurrent.TimeoutException e) {
      throw new AssertionError("neither written nor refused", e);
    }
    assertThat(written).isGreaterThan(10);
    return written;
  }

  private static void run(String... command) throws Exception {
    assertThat(ended(command)).as(String.join(" ", command)).isZero();
  }

  private static int ended(String... command) throws Exception {
    return new ProcessBuilder(command)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }
}
