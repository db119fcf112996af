package io.understudy.journal.postgres;

import io.understudy.journal.UrlForm;

/** The URLs of PostgreSQL. */
public final class PostgresUrl implements UrlForm {
  @Override
  public String engine() {
    return "PostgreSQL";
  }

  @Override
  public String prefix() {
    return "jdbc:postgresql:";
  }

  @Override
  public int defaultPort() {
    return 5432;
  }
}
