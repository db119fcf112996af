package io.understudy.applier;

import java.util.Optional;

/**
 * What an applier has done since its process began.
 *
 * @param why it is in {@code state}; empty where nothing needs saying
 * @param applied how far the standby is; empty before the role was taken over
 * @param transactions of the source applied
 * @param changes in them
 * @param commits on the standby, those that only moved the position included
 */
public record ApplierStatus(
    ApplierState state,
    String why,
    Optional<Progress> applied,
    long transactions,
    long changes,
    long commits) {

  static final ApplierStatus INITIAL =
      new ApplierStatus(ApplierState.STARTING, "", Optional.empty(), 0, 0, 0);

  ApplierStatus in(ApplierState next, String reason) {
    return new ApplierStatus(next, reason, applied, transactions, changes, commits);
  }

  ApplierStatus at(Progress progress) {
    return new ApplierStatus(state, why, Optional.of(progress), transactions, changes, commits);
  }

  ApplierStatus after(Commit commit) {
    return new ApplierStatus(
        state,
        why,
        Optional.of(commit.progress()),
        transactions + commit.transactions(),
        changes + commit.changes(),
        commits + 1);
  }

  /** One commit on the standby. */
  record Commit(Progress progress, int transactions, long changes) {}
}
