package io.understudy.journal.mysql;

import io.understudy.journal.UrlForm;

/** The URLs of MySQL. */
public final class MySqlUrl implements UrlForm {
  @Override
  public String engine() {
    return "MySQL";
  }

  @Override
  public String prefix() {
    return "jdbc:mysql:";
  }

  @Override
  public int defaultPort() {
    return 3306;
  }
}
