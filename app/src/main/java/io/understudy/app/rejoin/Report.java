package io.understudy.app.rejoin;

import io.understudy.journal.Change;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.MirrorName;
import io.understudy.journal.RowKey;
import io.understudy.journal.kafka.FormerFact;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a former source committed and the journal lacks.
 *
 * @param former where the journal's knowledge of it ends
 * @param newSource the source of today
 * @param asOf the last transaction of the journal that values of the new source are as of
 * @param obstacles what cannot be undone row by row
 */
public record Report(
    MirrorName mirror,
    FormerFact former,
    DatabaseName newSource,
    long asOf,
    Instant writtenAt,
    List<Transaction> transactions,
    List<String> obstacles) {

  /** With what the report says of each of its changes. */
  public record Transaction(Extra extra, List<Line> lines) {}

  /**
   * @param there the row on the new source under the key that it had, if there is one
   * @param conflicts a sentence each
   */
  public record Line(Change change, Optional<Change.Insert> there, List<String> conflicts) {}

  static List<Transaction> lines(List<Extra> extras, NewSource now) {
    Conflicts conflicts = new Conflicts(now);
    List<Transaction> transactions = new ArrayList<>();
    for (Extra extra : extras) {
      List<Line> lines = new ArrayList<>();
      for (Change change : extra.changes()) {
        List<RowKey> keys = RowKey.of(change);
        Optional<Change.Insert> there =
            keys.isEmpty() ? Optional.empty() : Optional.ofNullable(now.rows().get(keys.get(0)));
        lines.add(new Line(change, there, conflicts.of(change)));
      }
      transactions.add(new Transaction(extra, lines));
    }
    return transactions;
  }

  int changes() {
    return transactions.stream().mapToInt(it -> it.lines().size()).sum();
  }

  /** Changes that are in conflict. */
  long conflicts() {
    return transactions.stream()
        .flatMap(it -> it.lines().stream())
        .filter(line -> !line.conflicts().isEmpty())
        .count();
  }
}
