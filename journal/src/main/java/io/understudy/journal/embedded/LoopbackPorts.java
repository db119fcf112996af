package io.understudy.journal.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Picks ports on the loopback address for servers that must come back on the same port. The ports
 * lie below every system's range for outgoing connections: otherwise a client that knocks on the
 * port of a dead server can be given that very port, connect to itself, and keep the server out.
 */
public final class LoopbackPorts {
  private static final int LOWEST = 15_000;
  private static final int BEYOND_HIGHEST = 30_000;
  private static final int MAX_TRIES = 200;

  private LoopbackPorts() {}

  /** 127.0.0.1, whatever this machine's host file says. */
  public static InetAddress address() {
    try {
      return InetAddress.getByAddress("127.0.0.1", new byte[] {127, 0, 0, 1});
    } catch (java.net.UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }

  /** A port that was free a moment ago; another process may still be quicker to take it. */
  public static int free() throws IOException {
    for (int i = 0; i < MAX_TRIES; i++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, BEYOND_HIGHEST);
      if (isFree(port)) {
        return port;
      }
    }
    throw new IOException(
        "no free port found between " + LOWEST + " and " + BEYOND_HIGHEST + " on 127.0.0.1");
  }

  public static boolean isFree(int port) {
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(new java.net.InetSocketAddress(address(), port), 1);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
