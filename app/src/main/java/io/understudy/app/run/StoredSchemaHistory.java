package io.understudy.app.run;

import io.understudy.connectors.SchemaHistory;
import io.understudy.journal.kafka.Journal;
import io.understudy.journal.kafka.StateStore;
import io.understudy.journal.kafka.TableShapes;
import java.util.Optional;

/** Keeps the schema history among the mirror's facts in Kafka. */
final class StoredSchemaHistory implements SchemaHistory {
  private final Journal journal;

  StoredSchemaHistory(Journal journal) {
    this.journal = journal;
  }

  @Override
  public void keep(Kept kept) {
    try (StateStore store = journal.state()) {
      store.put(new TableShapes(kept.from(), kept.tables()));
    }
  }

  @Override
  public Optional<Kept> recall() {
    try (StateStore store = journal.state()) {
      return store.shapes().map(shapes -> new Kept(shapes.from(), shapes.tables()));
    }
  }
}
