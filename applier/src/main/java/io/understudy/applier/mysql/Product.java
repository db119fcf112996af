package io.understudy.applier.mysql;

import java.util.List;
import java.util.Optional;

/** Which of the two servers, and what differs between them for a standby. */
enum Product {
  MYSQL("MySQL", "jdbc:mysql:", "CONNECTION_ADMIN", "SYSTEM_VARIABLES_ADMIN", "SET PERSIST "),
  MARIADB("MariaDB", "jdbc:mariadb:", "READ_ONLY ADMIN", "READ_ONLY ADMIN", "SET GLOBAL ");

  private final String title;
  private final String scheme;
  private final String writeAnyway;
  private final String setReadOnly;
  private final String set;

  Product(String title, String scheme, String writeAnyway, String setReadOnly, String set) {
    this.title = title;
    this.scheme = scheme;
    this.writeAnyway = writeAnyway;
    this.setReadOnly = setReadOnly;
    this.set = set;
  }

  /** Whose URL this is; empty for another engine's. */
  static Optional<Product> of(String jdbcUrl) {
    return List.of(values()).stream().filter(p -> jdbcUrl.startsWith(p.scheme)).findFirst();
  }

  String title() {
    return title;
  }

  String scheme() {
    return scheme;
  }

  Product other() {
    return this == MYSQL ? MARIADB : MYSQL;
  }

  /** MariaDB's driver speaks to both. */
  String driverUrl(String jdbcUrl) {
    return MARIADB.scheme + jdbcUrl.substring(scheme.length());
  }

  boolean madeVersion(String version) {
    return version.contains("MariaDB") == (this == MARIADB);
  }

  /** The privilege to write although {@code read_only} is on. */
  String writeAnyway() {
    return writeAnyway;
  }

  /** The privilege to set {@code read_only}. */
  String setReadOnly() {
    return setReadOnly;
  }

  /** Sets a server variable for as long as the server can be told to keep it. */
  String set() {
    return set;
  }

  /** Whether a server variable keeps its value when the server starts again. */
  boolean persists() {
    return this == MYSQL;
  }

  /** Whether {@code SUPER} includes the two privileges. */
  boolean superSuffices() {
    return this == MYSQL;
  }
}
