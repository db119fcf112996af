package io.understudy.applier;

import io.understudy.journal.Column;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Relation;
import java.util.stream.Collectors;

/**
 * What to say when the standby's rows are not those that the journal's changes were made to. Names
 * tables, columns and constraints, and never a value.
 */
public final class Refusals {
  private final DatabaseName database;

  public Refusals(DatabaseName database) {
    this.database = database;
  }

  public MirrorException rowMissing(Operation operation, Relation relation) {
    return diverged("row missing on " + database + ": " + describe(operation, relation));
  }

  public MirrorException rowThere(Operation operation, Relation relation, String constraint) {
    return diverged(
        "row already there on "
            + database
            + ": "
            + describe(operation, relation)
            + ", by constraint "
            + constraint);
  }

  public MirrorException severalRows(Operation operation, Relation relation) {
    return diverged(
        "several rows for one change on " + database + ": " + describe(operation, relation));
  }

  public MirrorException rowsSwallowed(Relation relation, long taken, long given) {
    return new MirrorException.Invariant(
        database
            + ": "
            + describe(Operation.INSERT, relation)
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

  public static String describe(Operation operation, Relation relation) {
    return operation + " " + relation.table() + " (" + identity(relation) + ")";
  }

  private static String identity(Relation relation) {
    return relation.hasKey()
        ? "key columns "
            + relation.columns().stream()
                .filter(Column::key)
                .map(Column::name)
                .collect(Collectors.joining(", "))
        : "no key, all columns compared";
  }
}
