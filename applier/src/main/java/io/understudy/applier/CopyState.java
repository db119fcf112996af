package io.understudy.applier;

import io.understudy.journal.Position;
import io.understudy.journal.TableName;
import java.util.Map;
import java.util.Optional;

/**
 * How far a copy came that was interrupted.
 *
 * @param ownSchema whether {@code init} makes the schema, too
 * @param start what it began with; empty before rows were copied
 * @param complete the tables that hold all their rows, as they were at a position
 */
public record CopyState(
    boolean ownSchema, Optional<CopyStart> start, Map<TableName, Position> complete) {
  public CopyState {
    complete = Map.copyOf(complete);
  }
}
