package io.understudy.connectors.postgres;

import io.understudy.connectors.Source;
import io.understudy.connectors.SourceSettings;
import io.understudy.journal.MirrorName;

/** Speaks {@code jdbc:postgresql:} URLs. */
public final class PostgresEngine implements Source.Engine {
  @Override
  public boolean accepts(String jdbcUrl) {
    return jdbcUrl.startsWith("jdbc:postgresql:");
  }

  @Override
  public Source source(MirrorName mirror, SourceSettings settings) {
    return new PostgresSource(mirror, settings);
  }
}
