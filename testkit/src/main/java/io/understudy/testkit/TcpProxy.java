package io.understudy.testkit;

import io.understudy.journal.embedded.LoopbackPorts;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A port of 127.0.0.1 that leads to another, and can fail the ways a network does: slow, cut off,
 * or silent. The port stays the same throughout. At most {@value #MAX_CONNECTIONS} connections are
 * open at a time, each with four threads; more are refused.
 */
public final class TcpProxy implements AutoCloseable {
  /** Which way bytes go. */
  public enum Direction {
    TO_TARGET,
    FROM_TARGET
  }

  private static final int MAX_CONNECTIONS = 128;
  private static final int CONNECT_MILLIS = 5_000;
  private static final int CLOSE_MILLIS = 5_000;
  private static final Logger LOG = LoggerFactory.getLogger(TcpProxy.class);

  private final InetSocketAddress target;
  private final int port;
  private final ProxyFaults faults = new ProxyFaults();
  private final Set<ProxiedConnection> connections = new HashSet<>();
  private ServerSocket server;
  private Thread acceptor;
  private boolean closed;

  private TcpProxy(InetSocketAddress target, int port) {
    this.target = target;
    this.port = port;
  }

  /** A proxy that passes everything on, until told otherwise. */
  public static TcpProxy to(String host, int port) {
    try {
      TcpProxy proxy = new TcpProxy(new InetSocketAddress(host, port), LoopbackPorts.free());
      proxy.listen();
      return proxy;
    } catch (IOException e) {
      throw new ServerException("a proxy for " + host + ":" + port + " has no port: " + e, e);
    }
  }

  public String host() {
    return "127.0.0.1";
  }

  public int port() {
    return port;
  }

  /** From now on each byte that goes this way arrives that much later; zero ends it. */
  public void delay(Direction direction, Duration time) {
    faults.delay(direction, time);
  }

  /** Resets all connections and refuses new ones. */
  public synchronized void cut() {
    stopListening();
    Set.copyOf(connections).forEach(ProxiedConnection::reset);
  }

  /**
   * Nothing passes any more in either direction, and nobody is told: connections stay open, new
   * ones are taken. What was sent meanwhile arrives after {@link #heal()}, as TCP would have it.
   */
  public void blackHole() {
    faults.blackHole(true);
  }

  /** Ends every fault. Connections that were cut stay cut; new ones are taken again. */
  public synchronized void heal() {
    requireOpen();
    faults.heal();
    if (server == null) {
      try {
        listen();
      } catch (IOException e) {
        throw new ServerException("another program took the proxy's port " + port, e);
      }
    }
  }

  @Override
  public void close() {
    Thread last;
    Set<ProxiedConnection> open;
    synchronized (this) {
      closed = true;
      last = acceptor;
      stopListening();
      open = Set.copyOf(connections);
    }
    open.forEach(ProxiedConnection::reset);
    open.forEach(ProxiedConnection::join);
    try {
      if (last != null) {
        last.join(CLOSE_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void listen() throws IOException {
    ServerSocket fresh = new ServerSocket();
    fresh.setReuseAddress(true);
    fresh.bind(new InetSocketAddress(LoopbackPorts.address(), port));
    server = fresh;
    acceptor = new Thread(() -> accept(fresh), "proxy-" + port + "-accept");
    acceptor.setDaemon(true);
    acceptor.start();
  }

  private void stopListening() {
    if (server != null) {
      closeQuietly(server);
      server = null;
    }
  }

  private void accept(ServerSocket from) {
    while (!from.isClosed()) {
      try {
        connect(from, from.accept());
      } catch (IOException e) {
        if (!from.isClosed()) {
          LOG.warn("proxy on port {}: a connection was not taken: {}", port, e.toString());
        }
      }
    }
  }

  private void connect(ServerSocket from, Socket client) {
    Socket onward = new Socket();
    try {
      onward.connect(target, CONNECT_MILLIS);
    } catch (IOException e) {
      ProxiedConnection.reset(client);
      closeQuietly(onward);
      return;
    }
    synchronized (this) {
      if (from.isClosed() || connections.size() >= MAX_CONNECTIONS) {
        ProxiedConnection.reset(client);
        ProxiedConnection.reset(onward);
        return;
      }
      try {
        connections.add(
            ProxiedConnection.start("proxy-" + port, client, onward, faults, this::forget));
      } catch (IOException e) {
        ProxiedConnection.reset(client);
        ProxiedConnection.reset(onward);
      }
    }
  }

  private synchronized void forget(ProxiedConnection connection) {
    connections.remove(connection);
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the proxy on port " + port + " is closed");
    }
  }

  private static void closeQuietly(java.io.Closeable socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is gone either way.
    }
  }
}
