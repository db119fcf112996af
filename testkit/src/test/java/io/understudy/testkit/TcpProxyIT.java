package io.understudy.testkit;

import static io.understudy.testkit.TcpProxy.Direction.FROM_TARGET;
import static io.understudy.testkit.TcpProxy.Direction.TO_TARGET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.understudy.journal.embedded.LoopbackPorts;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A proxy before a server that sends back what it gets. */
@Timeout(60)
class TcpProxyIT {
  private ServerSocket echo;
  private TcpProxy proxy;

  @BeforeEach
  void start() throws IOException {
    echo = new ServerSocket(0, 10, LoopbackPorts.address());
    daemon(
        () -> {
          while (true) {
            Socket socket = echo.accept();
            daemon(
                () -> {
                  try (socket) {
                    socket.getInputStream().transferTo(socket.getOutputStream());
                  }
                });
          }
        });
    proxy = TcpProxy.to("127.0.0.1", echo.getLocalPort());
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
    echo.close();
    await().until(() -> threadsOfProxy() == 0);
  }

  @Test
  void passesEveryByteInBothDirections() throws Exception {
    byte[] bytes = new byte[5_000_000];
    new Random(1).nextBytes(bytes);
    try (Socket socket = connect()) {
      CompletableFuture<Void> sent =
          CompletableFuture.runAsync(
              () -> {
                try {
                  socket.getOutputStream().write(bytes);
                  socket.shutdownOutput();
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              });
      assertThat(socket.getInputStream().readAllBytes()).isEqualTo(bytes);
      sent.join();
    }
    await().until(() -> threadsOfProxy() == 1);
  }

  @Test
  void delaysEachDirectionWithoutSlowingItDown() throws Exception {
    proxy.delay(TO_TARGET, Duration.ofMillis(300));
    proxy.delay(FROM_TARGET, Duration.ofMillis(200));
    try (Socket socket = connect()) {
      long began = System.nanoTime();
      // Were each piece held up in turn, this would take 20 times the delay.
      for (int i = 0; i < 20; i++) {
        socket.getOutputStream().write(i);
        Thread.sleep(5);
      }
      assertThat(socket.getInputStream().readNBytes(20)).hasSize(20);
      assertThat(Duration.ofNanos(System.nanoTime() - began))
          .isBetween(Duration.ofMillis(500), Duration.ofSeconds(3));
    }
  }

  @Test
  void cutsConnectionsAndRefusesNewOnesUntilHealed() throws Exception {
    try (Socket socket = connect()) {
      assertThat(echoOf(socket, 1)).isEqualTo(1);
      proxy.cut();
      assertThatThrownBy(() -> socket.getInputStream().read())
          .isInstanceOf(SocketException.class)
          .hasMessageContaining("reset");
      assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
      proxy.cut();
    }
    proxy.heal();
    try (Socket socket = connect()) {
      assertThat(echoOf(socket, 2)).isEqualTo(2);
    }
  }

  @Test
  void swallowsEverythingUntilHealedAndThenDeliversIt() throws Exception {
    try (Socket before = connect()) {
      assertThat(echoOf(before, 1)).isEqualTo(1);
      proxy.blackHole();
      try (Socket during = connect()) {
        for (Socket socket : new Socket[] {before, during}) {
          socket.setSoTimeout(500);
          assertThatThrownBy(() -> echoOf(socket, 7)).isInstanceOf(SocketTimeoutException.class);
        }
        proxy.heal();
        before.setSoTimeout(10_000);
        during.setSoTimeout(10_000);
        assertThat(before.getInputStream().read()).isEqualTo(7);
        assertThat(during.getInputStream().read()).isEqualTo(7);
      }
    }
  }

  @Test
  void refusesWhatItsTargetRefuses() throws Exception {
    // A port that was let go may be anybody's a moment later; one that is held without listening
    // not.
    try (Socket held = new Socket()) {
      held.bind(new InetSocketAddress(LoopbackPorts.address(), 0));
      try (TcpProxy refusing = TcpProxy.to("127.0.0.1", held.getLocalPort());
          Socket socket = new Socket(LoopbackPorts.address(), refusing.port())) {
        socket.setSoTimeout(10_000);
        assertThatThrownBy(
                () -> {
                  if (socket.getInputStream().read() < 0) {
                    throw new AssertionError("closed in an orderly way");
                  }
                })
            .isInstanceOf(SocketException.class);
      }
    }
  }

  private Socket connect() throws IOException {
    return new Socket(LoopbackPorts.address(), proxy.port());
  }

  private static int echoOf(Socket socket, int value) throws IOException {
    socket.getOutputStream().write(value);
    return socket.getInputStream().read();
  }

  private long threadsOfProxy() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("proxy-" + proxy.port()))
        .count();
  }

  private static void daemon(Step step) {
    Thread thread =
        new Thread(
            () -> {
              try {
                step.run();
              } catch (IOException e) {
                // The test is over.
              }
            },
            "echo");
    thread.setDaemon(true);
    thread.start();
  }

  private interface Step {
    void run() throws IOException;
  }
}
