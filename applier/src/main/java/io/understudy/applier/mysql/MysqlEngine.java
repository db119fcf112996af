package io.understudy.applier.mysql;

import io.understudy.applier.Standby;
import io.understudy.journal.DatabaseSettings;
import io.understudy.journal.MirrorName;

/** Standbys on MySQL and MariaDB. */
public final class MysqlEngine implements Standby.Engine {
  @Override
  public boolean accepts(String jdbcUrl) {
    return Product.of(jdbcUrl).isPresent();
  }

  @Override
  public Standby standby(MirrorName mirror, DatabaseSettings database) {
    return new MysqlStandby(mirror, database);
  }
}
