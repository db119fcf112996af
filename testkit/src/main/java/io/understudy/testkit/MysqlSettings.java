package io.understudy.testkit;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a new server of MySQL or MariaDB is like.
 *
 * @param password of the user {@code root}
 * @param options of the server, by name with underscores, added to those of {@link
 *     MysqlProduct#options} or replacing them; one with an empty value is given by its name alone
 * @param withoutBinlog whether the server writes no binary log at all
 * @param files what those are to hold that options name, by option
 */
public record MysqlSettings(
    MysqlProduct product,
    String password,
    Map<String, String> options,
    boolean withoutBinlog,
    Map<String, String> files) {
  private static final String PASSWORD = "stage-door";

  public MysqlSettings {
    options = Map.copyOf(options);
    files = Map.copyOf(files);
  }

  /** MySQL 8.0, ready to be a source: complete rows in the binary log, with GTIDs. */
  public static MysqlSettings mysql() {
    return of(MysqlProduct.MYSQL);
  }

  /** MariaDB 11.4, ready to be a source: complete rows in the binary log, with GTIDs. */
  public static MysqlSettings mariadb() {
    return of(MysqlProduct.MARIADB);
  }

  public static MysqlSettings of(MysqlProduct product) {
    return new MysqlSettings(product, PASSWORD, Map.of(), false, Map.of()).withGtid(true);
  }

  public MysqlSettings with(String option, String value) {
    Map<String, String> more = new LinkedHashMap<>(options);
    more.put(option.replace('-', '_'), value);
    return new MysqlSettings(product, password, more, withoutBinlog, files);
  }

  /**
   * MySQL: GTIDs or none. MariaDB always has them; this decides whether it enforces their order.
   */
  public MysqlSettings withGtid(boolean on) {
    String value = on ? "ON" : "OFF";
    return product == MysqlProduct.MYSQL
        ? with("gtid_mode", value).with("enforce_gtid_consistency", value)
        : with("gtid_strict_mode", value);
  }

  public MysqlSettings withServerId(long id) {
    return with("server_id", Long.toString(id));
  }

  public MysqlSettings withPassword(String value) {
    return new MysqlSettings(product, value, options, withoutBinlog, files);
  }

  public MysqlSettings withNoBinlog() {
    return new MysqlSettings(product, password, options, true, files);
  }

  /** Takes connections by TLS as well; both texts are PEM. */
  public MysqlSettings withTls(String certificate, String key) {
    Map<String, String> more = new LinkedHashMap<>(files);
    more.put("ssl_cert", certificate);
    more.put("ssl_key", key);
    return new MysqlSettings(product, password, with("ssl", "ON").options, withoutBinlog, more);
  }

  /** All options of the server, those that every test wants included. */
  Map<String, String> allOptions() {
    Map<String, String> all = new LinkedHashMap<>(product.options());
    all.putAll(options);
    if (withoutBinlog) {
      all.remove("log_bin");
      all.put("skip_log_bin", "");
    }
    return all;
  }

  @Override
  public String toString() {
    return "MysqlSettings[" + product + ", options=" + options + "]";
  }
}
