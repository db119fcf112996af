package io.understudy.testkit;

import java.util.function.Supplier;

/** The servers that a suite which is to hold for every engine runs over. */
public enum ServerKind {
  POSTGRESQL("PostgreSQL", () -> PostgresServer.start(PostgresSettings.defaults())),
  MYSQL("MySQL", () -> MysqlServer.start(MysqlSettings.mysql())),
  MARIADB("MariaDB", () -> MysqlServer.start(MysqlSettings.mariadb()));

  private final String title;

  @SuppressWarnings("ImmutableEnumChecker") // it holds nothing
  private final Supplier<DatabaseServer> starter;

  ServerKind(String title, Supplier<DatabaseServer> starter) {
    this.title = title;
    this.starter = starter;
  }

  /** Its name as its makers write it. */
  public String title() {
    return title;
  }

  /** Starts a new server that is ready to be a source or a standby. */
  public DatabaseServer start() {
    return starter.get();
  }
}
