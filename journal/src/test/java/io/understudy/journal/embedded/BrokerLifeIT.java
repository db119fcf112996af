package io.understudy.journal.embedded;

import static io.understudy.journal.embedded.EmbeddedBrokerIT.awaitEnd;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who starts the broker and who ends it, with processes that come and go. */
class BrokerLifeIT {
  @TempDir Path directory;
  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void endProcessesAndBroker() throws InterruptedException {
    for (Process process : started) {
      process.destroyForcibly().waitFor();
    }
    // A broker that still lingers would write into the folder while it is being deleted.
    new BrokerFolder(directory)
        .address()
        .map(BrokerAddress::pid)
        .ifPresent(EmbeddedBrokerIT::awaitEnd);
  }

  @Test
  void endsByItselfAfterKill9OfAllWhoUsedIt() throws Exception {
    // Both at once: they race for the start, and one broker comes of it.
    Process first = attach();
    Process second = attach();
    long pid = brokerOf(first);
    assertThat(brokerOf(second)).isEqualTo(pid);

    first.destroyForcibly().waitFor();
    second.destroyForcibly().waitFor();

    awaitEnd(pid);
  }

  @Test
  void outlivesTheProcessThatStartedIt() throws Exception {
    Process starter = attach();
    long pid = brokerOf(starter);
    try (EmbeddedBroker broker = EmbeddedBroker.attach(directory)) {
      starter.destroyForcibly().waitFor();
      // What a service manager sends to the whole group when it stops the starter.
      ProcessHandle.of(pid).orElseThrow().destroy();
      await()
          .during(BrokerMain.LINGER.plusSeconds(2))
          .atMost(Duration.ofSeconds(20))
          .until(() -> broker.state() == EmbeddedBroker.State.RUNNING && broker.pid() == pid);
      EmbeddedBrokerIT.createTopic(broker.bootstrapServers());
    }
    awaitEnd(pid);
  }

  @Test
  void isStartedAgainByWhoeverIsLeft() throws Exception {
    Process starter = attach();
    long pid = brokerOf(starter);
    try (EmbeddedBroker broker = EmbeddedBroker.attach(directory)) {
      starter.destroyForcibly().waitFor();
      EmbeddedBrokerIT.kill9(pid);
      await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> broker.state() == EmbeddedBroker.State.RUNNING && broker.pid() != pid);
    }
  }

  @Test
  void doesNotMistakeAnotherProgramOnItsOldPortsForTheBroker() throws Exception {
    long pid;
    try (EmbeddedBroker broker = EmbeddedBroker.attach(directory)) {
      pid = broker.pid();
    }
    awaitEnd(pid);
    BrokerAddress old = new BrokerFolder(directory).address().orElseThrow();
    try (var onKafkaPort = listener(old.kafkaPort());
        var onControlPort = listener(old.controlPort());
        EmbeddedBroker broker = EmbeddedBroker.attach(directory)) {
      assertThat(broker.pid()).isNotEqualTo(pid);
      assertThat(broker.bootstrapServers())
          .startsWith("127.0.0.1:")
          .isNotEqualTo("127.0.0.1:" + onKafkaPort.getLocalPort());
      assertThat(onControlPort.isBound()).isTrue();
      EmbeddedBrokerIT.createTopic(broker.bootstrapServers());
    }
  }

  private static java.net.ServerSocket listener(int port) throws IOException {
    return new java.net.ServerSocket(port, 5, LoopbackPorts.address());
  }

  private Process attach() throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                AttachMain.class.getName(),
                directory.toString())
            .redirectErrorStream(true)
            .start();
    started.add(process);
    return process;
  }

  private static long brokerOf(Process process) throws IOException {
    BufferedReader reader = process.inputReader();
    StringBuilder said = new StringBuilder();
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      if (line.startsWith("broker ")) {
        return Long.parseLong(line.substring("broker ".length()));
      }
      said.append(line).append('\n');
    }
    throw new AssertionError("the process ended without attaching:\n" + said);
  }
}
