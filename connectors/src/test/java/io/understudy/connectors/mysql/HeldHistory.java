package io.understudy.connectors.mysql;

import io.understudy.connectors.SchemaHistory;
import java.util.Optional;

/** A schema history in memory, which can be lost. */
final class HeldHistory implements SchemaHistory {
  private Kept kept;

  @Override
  public void keep(Kept latest) {
    kept = latest;
  }

  @Override
  public Optional<Kept> recall() {
    return Optional.ofNullable(kept);
  }

  void lose() {
    kept = null;
  }
}
