package io.understudy.connectors;

import io.understudy.journal.Position;
import io.understudy.journal.Relation;
import java.util.List;
import java.util.Optional;

/**
 * Keeps the mirrored tables' shapes for a log that does not carry them itself. A schema change in
 * the log stops the reader in front of it, so what held where the mirror began holds up to the
 * journal's tail. A source whose log describes its rows keeps nothing here.
 *
 * <p>Every method throws {@link io.understudy.journal.MirrorException} by its kind.
 */
public interface SchemaHistory {

  /** For a source that is only asked, and neither prepared nor read. */
  SchemaHistory NONE =
      new SchemaHistory() {
        @Override
        public void keep(Kept kept) {
          throw new IllegalStateException("this source was opened without a schema history");
        }

        @Override
        public Optional<Kept> recall() {
          return Optional.empty();
        }
      };

  /** Durable on return; replaces what was kept before. */
  void keep(Kept kept);

  /** What was kept last; empty if nothing was, or it is lost. */
  Optional<Kept> recall();

  /**
   * @param from the shapes hold for the log behind this position
   */
  record Kept(Position from, List<Relation> tables) {
    public Kept {
      tables = List.copyOf(tables);
    }
  }
}
