package io.understudy.connectors.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.understudy.connectors.binlog.LogTls;
import io.understudy.journal.mysql.Distrust;
import io.understudy.testkit.Authority;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.sql.SQLException;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mariadb.jdbc.Configuration;

/** Before a server that does nothing but shake hands, with a certificate for {@code localhost}. */
class DriverTlsIT {
  private static final String MISNAMED = "write the host";
  private static final String UNKNOWN = "see that serverSslCert";

  @TempDir private static Path folder;
  private static Authority trusted;
  private static Authority other;
  private static SSLServerSocket server;

  @BeforeAll
  static void start() throws Exception {
    trusted = new Authority(folder, "trusted");
    other = new Authority(folder, "other");
    Path store = trusted.certify("database", "dns:localhost").store();
    server =
        (SSLServerSocket)
            context(store)
                .getServerSocketFactory()
                .createServerSocket(0, 0, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(DriverTlsIT::shakeHands, "server");
    thread.setDaemon(true);
    thread.start();
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
  }

  private static SSLContext context(Path store) throws IOException, GeneralSecurityException {
    char[] password = Authority.PASSWORD.toCharArray();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, password);
    }
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, password);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }

  private static void shakeHands() {
    while (!server.isClosed()) {
      try (SSLSocket socket = (SSLSocket) server.accept()) {
        socket.startHandshake();
      } catch (IOException e) {
        // The other side refuses, or the server was closed.
      }
    }
  }

  @Test
  void theAuthorityAndTheNameAreVerified() throws Exception {
    String full = "sslMode=verify-full&serverSslCert=";

    assertThat(protocol("localhost", full + trusted.certificate())).isEqualTo("TLSv1.2");
    refused("localhost", full + other.certificate(), UNKNOWN);
    refused("127.0.0.1", full + trusted.certificate(), MISNAMED);
  }

  @Test
  void theAuthorityAloneIsVerifiedIfThatIsAskedFor() throws Exception {
    String authority = "sslMode=verify-ca&serverSslCert=";

    assertThat(protocol("127.0.0.1", authority + trusted.certificate())).isEqualTo("TLSv1.2");
    refused("127.0.0.1", authority + other.certificate(), UNKNOWN);
  }

  /** The driver would let the server prove itself by the password. */
  @Test
  void whereNoAuthorityIsNamedTheJvmsOwnAreAsked() {
    refused("localhost", "sslMode=verify-full", UNKNOWN);
  }

  @Test
  void trustAsksForNoProof() throws Exception {
    assertThat(protocol("127.0.0.1", "sslMode=trust")).isEqualTo("TLSv1.2");
  }

  @Test
  void nothingIsEncryptedUnlessThatIsAskedFor() throws SQLException {
    assertThat(tls("localhost", "sslMode=disable")).isEmpty();
  }

  private static Optional<LogTls> tls(String host, String options) throws SQLException {
    Configuration parsed =
        Configuration.parse(
            "jdbc:mariadb://" + host + ":" + server.getLocalPort() + "/shop?" + options);
    return DriverTls.of(parsed, parsed.addresses().get(0));
  }

  private static String protocol(String host, String options) throws IOException, SQLException {
    try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), server.getLocalPort());
        SSLSocket socket = tls(host, options).orElseThrow().over(plain)) {
      socket.startHandshake();
      return socket.getSession().getProtocol();
    }
  }

  private static void refused(String host, String options, String remedy) {
    assertThatThrownBy(() -> protocol(host, options))
        .isInstanceOf(SSLHandshakeException.class)
        .satisfies(failure -> assertThat(Distrust.remedy(failure).orElseThrow()).contains(remedy));
  }
}
