package io.understudy.app.demo;

import io.understudy.app.failover.JournalWalk;
import io.understudy.journal.Body;
import io.understudy.journal.Change;
import io.understudy.journal.JournalEntry;
import io.understudy.journal.Row;
import io.understudy.journal.Value;
import io.understudy.journal.kafka.Journal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Which transfers reached the journal, read from the journal itself. */
final class JournaledTransfers {
  private final Set<Long> ids = new TreeSet<>();
  private final List<Long> open = new ArrayList<>();

  private JournaledTransfers() {}

  /** Reads the journal to where it ends now. */
  static Set<Long> read(Journal journal) {
    JournaledTransfers transfers = new JournaledTransfers();
    JournalWalk.over(
        journal,
        entry -> {
          transfers.accept(entry);
          return true;
        });
    return transfers.ids;
  }

  private void accept(JournalEntry entry) {
    if (entry.record().body() instanceof Body.Piece piece) {
      if (piece.piece() == 0) {
        open.clear();
      }
      piece.changes().forEach(this::collect);
      if (piece.last()) {
        ids.addAll(open);
      }
    }
  }

  private void collect(Change change) {
    if (change instanceof Change.Insert insert
        && insert.relation().table().table().equals("transfer")) {
      open.add(id(insert.after()));
    }
  }

  /** The first column of the table. */
  private static long id(Row row) {
    return Long.parseLong(((Value.Text) row.get(0)).text());
  }
}
