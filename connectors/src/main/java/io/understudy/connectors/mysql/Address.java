package io.understudy.connectors.mysql;

import io.understudy.connectors.binlog.LogAddress;
import io.understudy.journal.DatabaseSettings;
import io.understudy.journal.MirrorException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import org.mariadb.jdbc.Configuration;
import org.mariadb.jdbc.Driver;
import org.mariadb.jdbc.HostAddress;

/** Where the database is and as whom to go there: for the driver, and for reading the log. */
final class Address {
  private static final Duration CONNECT = Duration.ofSeconds(5);

  /** The options behind the last {@code &} win. A server may not ask for files of ours. */
  private static final String OPTIONS =
      "allowMultiQueries=false&allowLocalInfile=false&tcpKeepAlive=true"
          + "&transactionReplay=false&dumpQueriesOnException=false&connectTimeout="
          + CONNECT.toMillis()
          + "&socketTimeout=";

  private final DatabaseSettings settings;
  private final Product product;

  private Address(DatabaseSettings settings, Product product) {
    this.settings = settings;
    this.product = product;
  }

  static Address of(DatabaseSettings settings) {
    return new Address(settings, Product.of(settings.url()).orElseThrow());
  }

  Product product() {
    return product;
  }

  String user() {
    return settings.user();
  }

  /**
   * @param patience after how long without an answer a connection is given up
   */
  String url(Duration patience) {
    String url = product.driverUrl(settings.url());
    return url + (url.contains("?") ? "&" : "?") + OPTIONS + patience.toMillis();
  }

  Properties properties() {
    Properties properties = new Properties();
    // MySQL's way to take a password without TLS; whoever wants TLS says so by sslMode.
    properties.setProperty("allowPublicKeyRetrieval", "true");
    properties.putAll(settings.properties());
    if (!settings.user().isEmpty()) {
      properties.setProperty("user", settings.user());
    }
    if (!settings.password().isEmpty()) {
      properties.setProperty("password", settings.password());
    }
    return properties;
  }

  /** A connection of its own, outside the pool. */
  Connection connect(Duration patience) throws SQLException {
    return new Driver().connect(url(patience), properties());
  }

  /** One for copying: prepared statements' rows come in binary form. */
  Connection connectBinary(Duration patience) throws SQLException {
    return new Driver().connect(url(patience) + "&useServerPrepStmts=true", properties());
  }

  /** The log comes from one server, so the URL must name one. */
  LogAddress log() throws SQLException {
    Configuration parsed = Configuration.parse(url(CONNECT), properties());
    if (parsed.addresses().size() != 1 || parsed.addresses().get(0).host == null) {
      throw new MirrorException.Operator(
          "the URL of " + this + " names " + parsed.addresses().size() + " servers",
          "name the one whose log is to be read: " + product.scheme() + "//HOST:PORT/DATABASE");
    }
    HostAddress server = parsed.addresses().get(0);
    return new LogAddress(
        server.host,
        server.port,
        parsed.user() == null ? "" : parsed.user(),
        parsed.password() == null ? "" : parsed.password(),
        DriverTls.of(parsed, server));
  }

  /** Names the database without its secrets. */
  @Override
  public String toString() {
    return "database " + settings.name();
  }
}
