package io.understudy.app.harness;

import io.understudy.testkit.DatabaseServer;
import io.understudy.testkit.MysqlProduct;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The engines that the suites run over. What differs between them for a test stands in their {@link
 * Dialect}; a suite asks that, and never which engine it is.
 */
public enum Engine {
  POSTGRESQL(new PostgresDialect(), 0),
  MYSQL(new MysqlDialect(MysqlProduct.MYSQL), 100),
  MARIADB(new MysqlDialect(MysqlProduct.MARIADB), 100);

  /** Of the user who may do everything, on every server. */
  public static final String PASSWORD = "the-right-one";

  @SuppressWarnings("ImmutableEnumChecker") // it holds no state
  private final Dialect dialect;

  private final int rate;

  Engine(Dialect dialect, int rate) {
    this.dialect = dialect;
    this.rate = rate;
  }

  /** Those that {@code -Dengines=mysql,mariadb} names; without it, all. */
  public static List<Engine> chosen() {
    String names = System.getProperty("engines", "");
    return names.isBlank()
        ? List.of(values())
        : Stream.of(names.split(","))
            .map(name -> valueOf(name.strip().toUpperCase(Locale.ROOT)))
            .toList();
  }

  /** Those of {@link #chosen}; by default PostgreSQL, and by turns one of the others. */
  public static List<Engine> some() {
    boolean turn = System.nanoTime() / 1_000 % 2 == 0;
    return System.getProperty("engines", "").isBlank()
        ? List.of(POSTGRESQL, turn ? MYSQL : MARIADB)
        : chosen();
  }

  /** Those of {@link #some} whose log is a row of files that can be purged. */
  public static List<Engine> withLogFiles() {
    return some().stream().filter(engine -> engine != POSTGRESQL).toList();
  }

  public Dialect dialect() {
    return dialect;
  }

  /**
   * How many transactions a second each kind of load runs, so that two processors are enough for
   * all that a test starts; 0: as many as it can.
   */
  public int rate() {
    return rate;
  }

  /** A new server, ready to be a source or a standby. */
  public DatabaseServer start() {
    return start(Map.of());
  }

  /**
   * @param settings of the server, added to those that make it ready or replacing them
   */
  public DatabaseServer start(Map<String, String> settings) {
    return dialect.start(PASSWORD, settings);
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
