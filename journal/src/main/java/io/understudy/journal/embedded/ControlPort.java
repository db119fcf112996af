package io.understudy.journal.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The broker's side of the connections that attached processes keep open. The system closes them
 * however a process ends, so their number says whether anybody still needs the broker. Leaving is
 * decided under the same lock as attaching: nobody attaches to a broker that has decided to go.
 */
final class ControlPort implements AutoCloseable {
  static final String ATTACH = "attach ";
  static final String WELCOME = "welcome ";

  private static final Logger LOG = LoggerFactory.getLogger(ControlPort.class);
  private static final int MAX_ATTACHED = 64;
  private static final int HANDSHAKE_MILLIS = 5_000;

  private final ServerSocket server;
  private final String instance;
  private final Set<Socket> attached = new HashSet<>();
  private long idleSinceNanos;
  private boolean hadVisitor;
  private boolean leaving;

  private ControlPort(ServerSocket server, String instance) {
    this.server = server;
    this.instance = instance;
    this.idleSinceNanos = System.nanoTime();
  }

  static ControlPort open(String instance) throws IOException {
    ServerSocket server = new ServerSocket();
    server.bind(new InetSocketAddress(LoopbackPorts.address(), LoopbackPorts.free()), MAX_ATTACHED);
    ControlPort control = new ControlPort(server, instance);
    daemon("broker-control", control::accept);
    return control;
  }

  int port() {
    return server.getLocalPort();
  }

  synchronized boolean hadVisitor() {
    return hadVisitor;
  }

  /** True from then on, if nobody has been attached for that long. */
  synchronized boolean leaveIfIdleFor(Duration linger) {
    if (attached.isEmpty() && System.nanoTime() - idleSinceNanos >= linger.toNanos()) {
      leaving = true;
    }
    return leaving;
  }

  /** Tells everyone attached why the broker goes, and lets nobody in any more. */
  synchronized void leave(BrokerReport report) {
    leaving = true;
    for (Socket socket : attached) {
      try {
        socket.getOutputStream().write((report.line() + "\n").getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        LOG.debug("an attached process was gone before it could be told why the broker stops", e);
      }
    }
  }

  @Override
  public synchronized void close() throws IOException {
    leaving = true;
    server.close();
    for (Socket socket : attached) {
      socket.close();
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        daemon("broker-attached-" + socket.getPort(), () -> serve(socket));
      } catch (IOException e) {
        if (!server.isClosed()) {
          LOG.warn("a process could not attach", e);
        }
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setSoTimeout(HANDSHAKE_MILLIS);
      BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      if ((ATTACH + instance).equals(reader.readLine()) && welcome(socket)) {
        socket.setSoTimeout(0);
        while (reader.readLine() != null) {}
      }
    } catch (IOException e) {
      LOG.debug("the connection of an attached process broke", e);
    } finally {
      remove(socket);
    }
  }

  private synchronized boolean welcome(Socket socket) throws IOException {
    if (leaving || attached.size() >= MAX_ATTACHED) {
      return false;
    }
    attached.add(socket);
    hadVisitor = true;
    LOG.info("a process attached, attached={}", attached.size());
    socket.getOutputStream().write((WELCOME + instance + "\n").getBytes(StandardCharsets.UTF_8));
    return true;
  }

  private synchronized void remove(Socket socket) {
    if (attached.remove(socket)) {
      idleSinceNanos = System.nanoTime();
      LOG.info("a process left, attached={}", attached.size());
    }
  }

  private static void daemon(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }
}
