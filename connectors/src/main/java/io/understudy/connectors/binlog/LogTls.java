package io.understudy.connectors.binlog;

import java.io.IOException;
import java.net.Socket;
import javax.net.ssl.SSLSocket;

/** Encrypts the session in which the log is read. */
public interface LogTls {

  /**
   * @param plain is connected, and has had the server's greeting
   * @return what goes on in its place; its handshake fails if the server is not trusted
   */
  SSLSocket over(Socket plain) throws IOException;
}
