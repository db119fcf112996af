package io.understudy.testkit;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.function.Consumer;
import org.mariadb.jdbc.Driver;

/** A real server of MySQL or MariaDB, with a user {@code root} who may come from anywhere. */
public interface MysqlServer extends DatabaseServer {
  String USER = "root";

  /** Starts a new server, embedded or in a container as the system property says. */
  static MysqlServer start(MysqlSettings settings) {
    return Servers.chosen() == Servers.CONTAINERS
        ? ContainerMysql.start(settings)
        : EmbeddedMysql.start(settings);
  }

  /** See {@link ServerKind#fetch}. */
  static void fetch(MysqlProduct product, Consumer<String> progress) {
    if (Servers.chosen() == Servers.EMBEDDED) {
      MysqlBinaries.unpacked(product, progress);
    }
  }

  MysqlProduct product();

  @Override
  default String user() {
    return USER;
  }

  /** {@code jdbc:mysql:} for MySQL, {@code jdbc:mariadb:} for MariaDB. */
  @Override
  default String jdbcUrl(String database) {
    return product().jdbcScheme() + "//" + host() + ":" + port() + "/" + database;
  }

  /** By MariaDB's driver, for MySQL too. */
  @Override
  default Connection connect(String database) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", USER);
    properties.setProperty("password", password());
    // MySQL's way to take a password without TLS.
    properties.setProperty("allowPublicKeyRetrieval", "true");
    return new Driver()
        .connect("jdbc:mariadb://" + host() + ":" + port() + "/" + database, properties);
  }

  @Override
  default Connection connect() throws SQLException {
    return connect("");
  }

  @Override
  default void createDatabase(String name) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE `" + name.replace("`", "``") + "`");
    }
  }
}
