package io.understudy.testkit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Which of the two servers that speak MySQL's protocol: what differs between them for a test. */
public enum MysqlProduct {
  MYSQL("MySQL", "mysqld", "mysql:8.0"),
  MARIADB("MariaDB", "mariadbd", "mariadb:11.4");

  /** Small, and as durable as a database is in earnest: these servers are there to be killed. */
  private static final Map<String, String> COMMON =
      Map.ofEntries(
          Map.entry("bind_address", "127.0.0.1"),
          Map.entry("skip_name_resolve", "ON"),
          Map.entry("performance_schema", "OFF"),
          Map.entry("character_set_server", "utf8mb4"),
          Map.entry("innodb_buffer_pool_size", "64M"),
          Map.entry("innodb_flush_log_at_trx_commit", "1"),
          Map.entry("log_bin", "binlog"),
          Map.entry("binlog_format", "ROW"),
          Map.entry("binlog_row_image", "FULL"),
          Map.entry("sync_binlog", "1"));

  private final String title;
  private final String program;
  private final String image;

  MysqlProduct(String title, String program, String image) {
    this.title = title;
    this.program = program;
    this.image = image;
  }

  /** Its name as its makers write it. */
  public String title() {
    return title;
  }

  public String jdbcScheme() {
    return "jdbc:" + key() + ":";
  }

  /** What its servers are started with unless the settings say otherwise. */
  Map<String, String> options() {
    Map<String, String> all = new LinkedHashMap<>(COMMON);
    all.putAll(
        this == MYSQL
            ? Map.of("mysqlx", "OFF", "innodb_redo_log_capacity", "64M")
            // Its self-made TLS key is new, and takes seconds, at each start.
            : Map.of("ssl", "OFF", "innodb_log_file_size", "64M"));
    return all;
  }

  String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  String program() {
    return program;
  }

  String image() {
    return image;
  }

  /** Makes the data folder of a server that never ran; its root has no password. */
  List<String> initializeCommand(Path home, Path data) {
    List<String> common =
        List.of(
            "--no-defaults",
            "--basedir=" + home,
            "--datadir=" + data,
            "--innodb-flush-log-at-trx-commit=0",
            "--innodb-flush-method=nosync");
    List<String> own =
        this == MYSQL
            ? List.of("--initialize-insecure", "--skip-log-bin", "--innodb-redo-log-capacity=16M")
            : List.of(
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
                "--skip-name-resolve",
                "--innodb-log-file-size=64M");
    List<String> all =
        new ArrayList<>(
            this == MYSQL
                ? List.of(home.resolve("bin/mysqld").toString())
                : List.of("/bin/sh", home.resolve("scripts/mariadb-install-db").toString()));
    all.addAll(common);
    all.addAll(own);
    return all;
  }
}
