package io.understudy.journal.mysql;

import io.understudy.journal.Position;
import io.understudy.journal.PositionFormat;

/** Reads {@link MySqlPosition}s. */
public final class MySqlPositionFormat implements PositionFormat {
  @Override
  public String kind() {
    return MySqlPosition.KIND;
  }

  @Override
  public Position parse(String encoded) {
    return MySqlPosition.parse(encoded);
  }
}
