package io.understudy.applier.postgres;

import io.understudy.journal.DatabaseName;
import io.understudy.journal.MirrorException;

/**
 * What to say when the standby's rows are not those that the journal's changes were made to. Names
 * tables, columns and constraints, and never a value.
 */
final class Refusals {
  private final DatabaseName database;

  Refusals(DatabaseName database) {
    this.database = database;
  }

  MirrorException rowMissing(Operation operation, Target target) {
    return diverged("row missing on " + database + ": " + describe(operation, target));
  }

  MirrorException rowThere(Operation operation, Target target, String constraint) {
    return diverged(
        "row already there on "
            + database
            + ": "
            + describe(operation, target)
            + ", by constraint "
            + constraint);
  }

  MirrorException severalRows(Operation operation, Target target) {
    return diverged(
        "several rows for one change on " + database + ": " + describe(operation, target));
  }

  MirrorException rowsSwallowed(Target target, long taken, long given) {
    return new MirrorException.Invariant(
        database
            + ": "
            + describe(Operation.INSERT, target)
            + ": the standby took "
            + taken
            + " rows of "
            + given,
        "look for a trigger or rule on the standby's table that swallows rows, and drop it");
  }

  private MirrorException diverged(String what) {
    return new MirrorException.Invariant(
        what,
        "the standby has diverged, and nothing of this transaction was applied: find out who wrote to "
            + database
            + ", then make it anew with `understudy init --again`");
  }

  static String describe(Operation operation, Target target) {
    return operation + " " + target.relation().table() + " (" + target.identity() + ")";
  }
}
