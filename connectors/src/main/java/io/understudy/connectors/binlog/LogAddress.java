package io.understudy.connectors.binlog;

import java.util.Optional;

/**
 * Where the log is read, and as whom.
 *
 * @param tls how to encrypt; empty for not at all
 */
public record LogAddress(
    String host, int port, String user, String password, Optional<LogTls> tls) {

  /** Without the password. */
  @Override
  public String toString() {
    return host + ":" + port + " as " + user;
  }
}
