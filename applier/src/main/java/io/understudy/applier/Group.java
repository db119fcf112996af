package io.understudy.applier;

import io.understudy.journal.Change;
import java.util.ArrayList;
import java.util.List;

/**
 * Whole transactions, in order, that move a standby from one source commit to a later one in one
 * standby transaction.
 *
 * @param end where the standby stands after it; behind the last transaction if the journal held
 *     heartbeats or a seal there
 */
record Group(List<Transaction> transactions, Progress end) {

  /**
   * @param source the source's own id of it, for people
   * @param end where the standby stands after it
   */
  record Transaction(String source, List<Change> changes, Progress end) {}

  Group {
    transactions = List.copyOf(transactions);
  }

  /** All changes, in order. */
  List<Change> changes() {
    if (transactions.size() == 1) {
      return transactions.get(0).changes();
    }
    List<Change> all = new ArrayList<>();
    for (Transaction transaction : transactions) {
      all.addAll(transaction.changes());
    }
    return all;
  }
}
