package io.understudy.connectors.postgres;

import io.understudy.journal.DatabaseSettings;
import io.understudy.journal.MirrorException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * Where the database is and as whom to go there, taken apart so that every kind of connection adds
 * its own driver properties to the same ground.
 *
 * @param server {@code HOST:PORT[,HOST:PORT…]/DATABASE}, as in the URL
 * @param properties what the URL and the configuration say beyond that, secrets included
 */
record Address(
    DatabaseSettings settings,
    String server,
    String database,
    String user,
    String password,
    Map<String, String> properties) {
  /** Seconds to wait for a connection, and for it to let us in. */
  private static final String CONNECT_SECONDS = "5";

  static Address of(DatabaseSettings settings) {
    Properties given = Driver.parseURL(settings.url(), null);
    if (given == null) {
      throw new MirrorException.Operator(
          "the URL of database " + settings.name() + " is not a PostgreSQL URL",
          "write jdbc:postgresql://HOST:PORT/DATABASE");
    }
    Map<String, String> properties = new HashMap<>();
    for (String name : given.stringPropertyNames()) {
      properties.put(name, given.getProperty(name));
    }
    properties.putAll(settings.properties());
    String[] hosts = properties.remove(PGProperty.PG_HOST.getName()).split(",", -1);
    String[] ports = properties.remove(PGProperty.PG_PORT.getName()).split(",", -1);
    String database = properties.remove(PGProperty.PG_DBNAME.getName());
    String user = take(properties, PGProperty.USER.getName(), settings.user());
    String password = take(properties, PGProperty.PASSWORD.getName(), settings.password());
    properties.putIfAbsent(PGProperty.CONNECT_TIMEOUT.getName(), CONNECT_SECONDS);
    properties.putIfAbsent(PGProperty.LOGIN_TIMEOUT.getName(), CONNECT_SECONDS);
    properties.putIfAbsent(PGProperty.TCP_KEEP_ALIVE.getName(), "true");
    StringBuilder server = new StringBuilder();
    for (int i = 0; i < hosts.length; i++) {
      server.append(i == 0 ? "" : ",").append(hosts[i]).append(':').append(ports[i]);
    }
    server.append('/').append(URLEncoder.encode(database, StandardCharsets.UTF_8));
    return new Address(settings, server.toString(), database, user, password, properties);
  }

  private static String take(Map<String, String> properties, String name, String preferred) {
    String inUrl = properties.remove(name);
    return preferred.isEmpty() && inUrl != null ? inUrl : preferred;
  }

  String url() {
    return "jdbc:postgresql://" + server;
  }

  /** The driver's properties for a session of the given name, without anything special. */
  Properties session(String name) {
    Properties session = new Properties();
    properties.forEach(session::setProperty);
    session.setProperty(PGProperty.USER.getName(), user);
    session.setProperty(PGProperty.PASSWORD.getName(), password);
    session.setProperty(PGProperty.APPLICATION_NAME.getName(), name);
    session.setProperty(PGProperty.ASSUME_MIN_SERVER_VERSION.getName(), "14");
    return session;
  }

  /** A connection of its own, outside the pool, for what holds one for long. */
  Connection connect(Properties session) throws SQLException {
    return DriverManager.getConnection(url(), session);
  }

  /** Names the database without its secrets. */
  @Override
  public String toString() {
    return "database " + settings.name();
  }
}
