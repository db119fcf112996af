package io.understudy.journal.mysql;

import io.understudy.journal.Position;
import io.understudy.journal.PositionFormat;

/** Reads {@link MariaDbPosition}s. */
public final class MariaDbPositionFormat implements PositionFormat {
  @Override
  public String kind() {
    return MariaDbPosition.KIND;
  }

  @Override
  public Position parse(String encoded) {
    return MariaDbPosition.parse(encoded);
  }
}
