package io.understudy.connectors.slot;

import io.understudy.journal.postgres.SqlText;
import java.util.ArrayList;
import java.util.List;

/**
 * Goes through the statements of one text as the server did, to find which of them is the nth of
 * its kind as the source's trigger counts: a rollback takes back its count with all else. The
 * server runs such a text from its beginning on and stops at the first error, so nothing about it
 * depends on what the statements do.
 */
final class Undoing {
  private record Counted(SqlText statement, int nth) {}

  private record Savepoint(String name, int size, int count) {}

  private final String tag;

  /** Those of the kind that were not undone, of transactions that ended and of the one at hand. */
  private final List<Counted> kept = new ArrayList<>();

  private final List<Savepoint> savepoints = new ArrayList<>();
  private Savepoint begin = new Savepoint("", 0, 0);
  private int count;

  private Undoing(String tag) {
    this.tag = tag;
  }

  /**
   * The statements that may be the nth of a kind, among those that were not undone: one, unless the
   * text is not as it was run.
   */
  static List<SqlText> nth(List<SqlText> statements, String tag, int nth) {
    Undoing undoing = new Undoing(tag);
    statements.forEach(undoing::run);
    return undoing.kept.stream()
        .filter(counted -> counted.nth() == nth)
        .map(Counted::statement)
        .toList();
  }

  private void run(SqlText statement) {
    if (statement.tag().equals(tag)) {
      kept.add(new Counted(statement, ++count));
    } else if (statement.begins("SAVEPOINT")) {
      savepoints.add(here(statement.lastName()));
    } else if (statement.begins("RELEASE")) {
      int at = find(statement.lastName());
      savepoints.subList(Math.max(at, 0), savepoints.size()).clear();
    } else if (isPartial(statement)) {
      int at = find(statement.lastName());
      goBack(at < 0 ? begin : savepoints.get(at));
      savepoints.subList(at + 1, savepoints.size()).clear();
    } else if (!statement.begins("ROLLBACK", "PREPARED")
        && (statement.begins("ROLLBACK") || statement.begins("ABORT"))) {
      goBack(begin);
      end();
    } else if (statement.begins("PREPARE", "TRANSACTION")
        || statement.begins("END")
        || (statement.begins("COMMIT") && !statement.begins("COMMIT", "PREPARED"))) {
      end();
    }
  }

  private static boolean isPartial(SqlText statement) {
    return statement.begins("ROLLBACK", "TO")
        || statement.begins("ROLLBACK", "WORK", "TO")
        || statement.begins("ROLLBACK", "TRANSACTION", "TO");
  }

  private Savepoint here(String name) {
    return new Savepoint(name, kept.size(), count);
  }

  /** The last of that name; -1 for one that an earlier text made. */
  private int find(String name) {
    int at = savepoints.size() - 1;
    while (at >= 0 && !savepoints.get(at).name().equals(name)) {
      at--;
    }
    return at;
  }

  private void goBack(Savepoint to) {
    kept.subList(to.size(), kept.size()).clear();
    count = to.count();
  }

  private void end() {
    savepoints.clear();
    begin = here("");
  }
}
