package io.understudy.journal.postgres;

import io.understudy.journal.Position;
import io.understudy.journal.PositionFormat;

/** Reads {@link Lsn}s. */
public final class LsnFormat implements PositionFormat {
  @Override
  public String kind() {
    return Lsn.KIND;
  }

  @Override
  public Position parse(String encoded) {
    return Lsn.parse(encoded);
  }
}
