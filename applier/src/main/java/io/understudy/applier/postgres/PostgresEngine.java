package io.understudy.applier.postgres;

import io.understudy.applier.Standby;
import io.understudy.journal.DatabaseSettings;
import io.understudy.journal.MirrorName;

/** Standbys on PostgreSQL. */
public final class PostgresEngine implements Standby.Engine {
  @Override
  public boolean accepts(String jdbcUrl) {
    return jdbcUrl.startsWith("jdbc:postgresql:");
  }

  @Override
  public Standby standby(MirrorName mirror, DatabaseSettings database) {
    return new PostgresStandby(mirror, database);
  }
}
