package io.understudy.app.schema;

import io.understudy.journal.DatabaseSettings;
import io.understudy.journal.MirrorException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.postgresql.PGProperty;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * How to reach a database, for PostgreSQL's own programs: what its JDBC URL and properties say, in
 * libpq's environment variables.
 */
final class Login {
  private static final Map<PGProperty, String> SAME =
      Map.of(
          PGProperty.SSL_MODE, "PGSSLMODE",
          PGProperty.SSL_ROOT_CERT, "PGSSLROOTCERT",
          PGProperty.SSL_CERT, "PGSSLCERT",
          PGProperty.SSL_KEY, "PGSSLKEY",
          PGProperty.CHANNEL_BINDING, "PGCHANNELBINDING");

  private static final int DEFAULT_PORT = 5432;

  private final DatabaseSettings settings;
  private final String session;

  /**
   * @param session the name under which the programs' sessions are seen
   */
  Login(DatabaseSettings settings, String session) {
    this.settings = settings;
    this.session = session;
  }

  /** The settings of sessions win over what the database or the role has. */
  Map<String, String> environment() {
    PGSimpleDataSource url = url();
    Map<String, String> environment = new HashMap<>();
    environment.put("PGHOST", String.join(",", url.getServerNames()));
    environment.put(
        "PGPORT",
        IntStream.of(url.getPortNumbers())
            .mapToObj(port -> Integer.toString(port == 0 ? DEFAULT_PORT : port))
            .collect(Collectors.joining(",")));
    environment.put("PGDATABASE", database());
    SAME.forEach(
        (property, variable) -> {
          String value = url.getProperty(property);
          if (value != null) {
            environment.put(variable, value);
          }
        });
    if (!environment.containsKey("PGSSLMODE") && "true".equals(url.getProperty(PGProperty.SSL))) {
      environment.put("PGSSLMODE", "verify-full");
    }
    environment.put("PGUSER", settings.user());
    environment.put("PGPASSWORD", settings.password());
    environment.put("PGAPPNAME", session);
    environment.put("PGCONNECT_TIMEOUT", "10");
    environment.put("PGCLIENTENCODING", "UTF8");
    environment.put(
        "PGOPTIONS",
        "-c default_transaction_read_only=off -c statement_timeout=0 -c lock_timeout=0"
            + " -c idle_in_transaction_session_timeout=0");
    return environment;
  }

  private PGSimpleDataSource url() {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setURL(settings.url());
    try {
      for (var property : settings.properties().entrySet()) {
        source.setProperty(property.getKey(), property.getValue());
      }
      return source;
    } catch (SQLException e) {
      throw new MirrorException.Operator(
          "a driver property of " + settings.name() + " is not one of PostgreSQL's JDBC driver",
          "correct the properties of " + settings.name(),
          e);
    }
  }

  String database() {
    return url().getDatabaseName();
  }

  /** The server's version. */
  int major() {
    try (Connection connection = connect()) {
      return connection.getMetaData().getDatabaseMajorVersion();
    } catch (SQLException e) {
      throw new MirrorException.Transient("asking for the version of " + settings.name(), e);
    }
  }

  /** What the server gives a session for making an index. */
  long maintenanceKilobytes() {
    String sql = "SELECT setting FROM pg_settings WHERE name = 'maintenance_work_mem'";
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    } catch (SQLException e) {
      throw new MirrorException.Transient("asking for the settings of " + settings.name(), e);
    }
  }

  /** A session of the JDBC driver. */
  Connection connect() throws SQLException {
    Properties session = new Properties();
    settings.properties().forEach(session::setProperty);
    session.setProperty(PGProperty.USER.getName(), settings.user());
    session.setProperty(PGProperty.PASSWORD.getName(), settings.password());
    session.setProperty(PGProperty.APPLICATION_NAME.getName(), this.session);
    return DriverManager.getConnection(settings.url(), session);
  }

  @Override
  public String toString() {
    return settings.name().toString();
  }
}
