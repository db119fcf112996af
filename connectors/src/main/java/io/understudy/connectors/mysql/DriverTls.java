package io.understudy.connectors.mysql;

import io.understudy.connectors.binlog.LogTls;
import java.io.IOException;
import java.net.Socket;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Optional;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.mariadb.jdbc.Configuration;
import org.mariadb.jdbc.HostAddress;
import org.mariadb.jdbc.client.tls.MariaDbX509DeferredIdentityTrustManager;
import org.mariadb.jdbc.export.ExceptionFactory;
import org.mariadb.jdbc.export.SslMode;
import org.mariadb.jdbc.plugin.TlsSocketPlugin;
import org.mariadb.jdbc.plugin.tls.TlsSocketPluginLoader;

/**
 * Encrypts the session that reads the log by the options that the driver has for the ordinary ones:
 * the same authorities, the same key, the same question whether the host is named.
 */
final class DriverTls implements LogTls {
  /** The log's client is said to fail where a session of 1.3 takes new keys (dbz#2213). */
  private static final String[] PROTOCOLS = {"TLSv1.2"};

  /** The rules by which a certificate names a host. */
  private static final String NAMES = "HTTPS";

  private final SSLSocketFactory sockets;
  private final HostAddress server;
  private final boolean named;

  private DriverTls(SSLSocketFactory sockets, HostAddress server, boolean named) {
    this.sockets = sockets;
    this.server = server;
    this.named = named;
  }

  /** Empty if the options ask for none. */
  static Optional<LogTls> of(Configuration options, HostAddress server) throws SQLException {
    if (options.sslMode() == SslMode.DISABLE) {
      return Optional.empty();
    }
    ExceptionFactory failures = new ExceptionFactory(options, server);
    TlsSocketPlugin plugin = TlsSocketPluginLoader.get(options.tlsSocketType());
    SSLSocketFactory sockets =
        TlsSocketPlugin.newSslSocketFactory(
            plugin.getKeyManager(options, failures),
            trusted(plugin.getTrustManager(options, failures, server)),
            failures);
    return Optional.of(new DriverTls(sockets, server, options.sslMode() == SslMode.VERIFY_FULL));
  }

  /**
   * Where no authority is named, the driver lets the server prove itself by the password, later;
   * the log's client does not, so those count that the JVM trusts.
   *
   * @return null for the JVM's own
   */
  private static TrustManager[] trusted(TrustManager[] ofDriver) {
    boolean later =
        Arrays.stream(ofDriver).anyMatch(MariaDbX509DeferredIdentityTrustManager.class::isInstance);
    return later ? null : ofDriver;
  }

  @Override
  public SSLSocket over(Socket plain) throws IOException {
    SSLSocket socket = (SSLSocket) sockets.createSocket(plain, server.host, server.port, true);
    socket.setEnabledProtocols(PROTOCOLS);
    if (named) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm(NAMES);
      socket.setSSLParameters(parameters);
    }
    return socket;
  }
}
