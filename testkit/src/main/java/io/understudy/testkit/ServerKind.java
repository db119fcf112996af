package io.understudy.testkit;

import java.util.function.Consumer;
import java.util.function.Supplier;

/** The servers that a suite which is to hold for every engine runs over. */
public enum ServerKind {
  POSTGRESQL("PostgreSQL", progress -> {}, () -> PostgresServer.start(PostgresSettings.defaults())),
  MYSQL(
      "MySQL",
      progress -> MysqlServer.fetch(MysqlProduct.MYSQL, progress),
      () -> MysqlServer.start(MysqlSettings.mysql())),
  MARIADB(
      "MariaDB",
      progress -> MysqlServer.fetch(MysqlProduct.MARIADB, progress),
      () -> MysqlServer.start(MysqlSettings.mariadb()));

  private final String title;

  @SuppressWarnings("ImmutableEnumChecker") // it holds nothing
  private final Consumer<Consumer<String>> fetcher;

  @SuppressWarnings("ImmutableEnumChecker") // it holds nothing
  private final Supplier<DatabaseServer> starter;

  ServerKind(String title, Consumer<Consumer<String>> fetcher, Supplier<DatabaseServer> starter) {
    this.title = title;
    this.fetcher = fetcher;
    this.starter = starter;
  }

  /** Its name as its makers write it. */
  public String title() {
    return title;
  }

  /**
   * Sees that the programs of its servers are on this machine; {@link #start()} does so too,
   * without a word. Fetching them takes minutes, the first time.
   *
   * @param progress told what is done, for people; nothing if they are there
   */
  public void fetch(Consumer<String> progress) {
    fetcher.accept(progress);
  }

  /** Starts a new server that is ready to be a source or a standby. */
  public DatabaseServer start() {
    return starter.get();
  }
}
