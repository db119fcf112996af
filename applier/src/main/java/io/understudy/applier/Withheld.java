package io.understudy.applier;

import io.understudy.journal.Change;
import io.understudy.journal.RowKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Rows of a standby that was the source, which are not there until its applier comes to a point of
 * the journal: what they are then is known, and put in whole.
 */
public record Withheld(Return.Until until, Set<RowKey> rows) {
  public Withheld {
    rows = Set.copyOf(rows);
  }

  /** Those of the changes that are of other rows. A row that gets another key is withheld twice. */
  List<Change> others(List<Change> changes) {
    List<Change> others = new ArrayList<>(changes.size());
    for (Change change : changes) {
      if (RowKey.of(change).stream().noneMatch(rows::contains)) {
        others.add(change);
      }
    }
    return others;
  }

  boolean endsAt(long offset) {
    return offset >= until.offset();
  }
}
