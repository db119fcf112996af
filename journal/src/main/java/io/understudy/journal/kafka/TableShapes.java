package io.understudy.journal.kafka;

import io.understudy.journal.Position;
import io.understudy.journal.Relation;
import java.util.List;

/**
 * What the mirrored tables look like in the source's log, for a log that does not say it itself.
 *
 * @param from the shapes hold behind this position
 */
public record TableShapes(Position from, List<Relation> tables) {
  public TableShapes {
    tables = List.copyOf(tables);
  }
}
