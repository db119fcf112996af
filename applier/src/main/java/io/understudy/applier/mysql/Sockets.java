package io.understudy.applier.mysql;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.SocketFactory;

/**
 * Makes the driver's sockets and tells which one it was given, so that a connection can be ended by
 * closing its socket: the driver's own way to abort one waits for the thread that reads from it.
 * Public, for the driver makes it by its name; what it made is left to the thread that connects.
 */
public final class Sockets extends SocketFactory {
  private static final ThreadLocal<Socket> LAST = new ThreadLocal<>();

  /** The socket that this thread's last connection got; null if it uses none of ours. */
  static Socket takeLast() {
    Socket last = LAST.get();
    LAST.remove();
    return last;
  }

  @Override
  public Socket createSocket() {
    Socket socket = new Socket();
    LAST.set(socket);
    return socket;
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    throw unused();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress from, int fromPort)
      throws IOException {
    throw unused();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    throw unused();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort)
      throws IOException {
    throw unused();
  }

  private static IOException unused() {
    return new IOException("the driver connects its sockets itself");
  }
}
