package io.understudy.testkit;

import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import io.understudy.journal.embedded.LoopbackPorts;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/**
 * One container with one server, on a host port that stays the same when the container is stopped
 * and started. Testcontainers' own companion removes it should this JVM die.
 */
final class ServerContainer implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofMinutes(3);
  private static final Duration STOP_LIMIT = Duration.ofMinutes(1);
  private static final Duration POLL = Duration.ofMillis(100);

  private static final int TAIL_CHARACTERS = 4_000;

  private final GenericContainer<?> container;
  private final int port;

  private ServerContainer(GenericContainer<?> container, int port) {
    this.container = container;
    this.port = port;
  }

  /** Where the ports of containers are reached. */
  static String engineHost() {
    return DockerClientFactory.instance().dockerHostIpAddress();
  }

  /** A port of the host that the engine can bind; chosen before the container is made. */
  static int choosePort() {
    try {
      return LoopbackPorts.free();
    } catch (IOException e) {
      throw new ServerException("the container has no port: " + e.getMessage(), e);
    }
  }

  static ServerContainer start(
      String image,
      int innerPort,
      int port,
      Map<String, String> environment,
      List<String> command,
      String readyLog,
      int readyTimes) {
    GenericContainer<?> container =
        new GenericContainer<>(DockerImageName.parse(image))
            .withEnv(environment)
            .withCreateContainerCmdModifier(
                create ->
                    create
                        .withExposedPorts(ExposedPort.tcp(innerPort))
                        .getHostConfig()
                        .withPortBindings(
                            new PortBinding(
                                Ports.Binding.bindPort(port), ExposedPort.tcp(innerPort))))
            .waitingFor(Wait.forLogMessage(readyLog, readyTimes).withStartupTimeout(START_LIMIT));
    if (!command.isEmpty()) {
      container.withCommand(command.toArray(String[]::new));
    }
    container.start();
    return new ServerContainer(container, port);
  }

  String host() {
    return container.getHost();
  }

  int port() {
    return port;
  }

  void startAgain() {
    container.getDockerClient().startContainerCmd(container.getContainerId()).exec();
  }

  /** Sends the signal to the server, which is the container's first process, and awaits its end. */
  void end(String signal) {
    if (!isRunning()) {
      return;
    }
    container
        .getDockerClient()
        .killContainerCmd(container.getContainerId())
        .withSignal(signal)
        .exec();
    long deadline = System.nanoTime() + STOP_LIMIT.toNanos();
    while (isRunning()) {
      if (System.nanoTime() > deadline) {
        throw new ServerException("the container still runs " + STOP_LIMIT + " after SIG" + signal);
      }
      Processes.pause(POLL, "a container was stopping");
    }
  }

  void pause() {
    container.getDockerClient().pauseContainerCmd(container.getContainerId()).exec();
  }

  void resume() {
    container.getDockerClient().unpauseContainerCmd(container.getContainerId()).exec();
  }

  boolean isRunning() {
    return container.isRunning();
  }

  String logTail() {
    String log = container.getLogs();
    return log.substring(Math.max(0, log.length() - TAIL_CHARACTERS));
  }

  @Override
  public void close() {
    container.stop();
  }
}
