package io.understudy.applier;

import io.understudy.journal.Change;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Gathers transactions into {@link Group}s. How many changes a group may have follows the time that
 * the last groups took, within the limits. Owned by one thread.
 */
final class Grouping {
  /** A slow standby still gets groups of up to this many changes. */
  private static final int LEAST_CHANGES = 100;

  private final ApplierLimits limits;
  private final List<Group.Transaction> transactions = new ArrayList<>();
  private Progress end;
  private long changes;
  private long bytes;
  private int changesAllowed;

  Grouping(ApplierLimits limits) {
    this.limits = limits;
    this.changesAllowed = limits.changes();
  }

  void add(Group.Transaction transaction) {
    transactions.add(transaction);
    end = transaction.end();
    changes += transaction.changes().size();
    for (Change change : transaction.changes()) {
      bytes += change.size();
    }
  }

  /** The journal has moved without a transaction. */
  void moveTo(Progress progress) {
    end = progress;
  }

  boolean full() {
    return transactions.size() >= limits.transactions()
        || changes >= changesAllowed
        || bytes >= limits.bytes();
  }

  /** What was gathered, which then is forgotten here; empty if nothing was. */
  Optional<Group> take() {
    if (end == null) {
      return Optional.empty();
    }
    Group group = new Group(transactions, end);
    transactions.clear();
    end = null;
    changes = 0;
    bytes = 0;
    return Optional.of(group);
  }

  /** A group took {@code time} to apply. */
  void took(Duration time, long changesApplied) {
    if (time.compareTo(limits.time()) > 0) {
      double share = (double) limits.time().toNanos() / time.toNanos();
      changesAllowed =
          (int) Math.max(Math.min(LEAST_CHANGES, limits.changes()), changesApplied * share);
    } else if (changesAllowed < limits.changes() && changesApplied >= changesAllowed / 2) {
      changesAllowed = (int) Math.min(limits.changes(), changesAllowed * 2L);
    }
  }
}
