package io.understudy.connectors.binlog;

/**
 * Where the log is read, and as whom.
 *
 * @param tls whether to encrypt; the server's certificate is not verified then
 */
public record LogAddress(String host, int port, String user, String password, boolean tls) {

  /** Without the password. */
  @Override
  public String toString() {
    return host + ":" + port + " as " + user;
  }
}
