package io.understudy.connectors.mysql;

import io.understudy.connectors.Source;
import io.understudy.connectors.SourceSettings;
import io.understudy.journal.MirrorName;

/** Speaks {@code jdbc:mysql:} and {@code jdbc:mariadb:} URLs. */
public final class MysqlEngine implements Source.Engine {
  @Override
  public boolean accepts(String jdbcUrl) {
    return Product.of(jdbcUrl).isPresent();
  }

  @Override
  public Source source(MirrorName mirror, SourceSettings settings) {
    return new MysqlSource(mirror, settings);
  }
}
