package io.understudy.journal.mysql;

import io.understudy.journal.UrlForm;

/** The URLs of MariaDB. */
public final class MariaDbUrl implements UrlForm {
  @Override
  public String engine() {
    return "MariaDB";
  }

  @Override
  public String prefix() {
    return "jdbc:mariadb:";
  }

  @Override
  public int defaultPort() {
    return 3306;
  }
}
