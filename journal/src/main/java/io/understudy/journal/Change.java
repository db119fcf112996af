package io.understudy.journal;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** One row's, or one statement's, part of a transaction. */
public sealed interface Change {

  /**
   * The tables whose rows this change touches, in the order of the source's statement; none for a
   * change of the schema, or of a sequence.
   */
  List<Relation> relations();

  /** Roughly the bytes this change takes. */
  long size();

  /**
   * Whether the source checked foreign keys for this change, and ran their cascades. False only
   * where cascades are not in the log, so that the standby has to run them as the source did.
   */
  boolean checked();

  /** A new row; no value of it is {@link Value.Unchanged}. */
  record Insert(Relation relation, Row after, boolean checked) implements Change {
    public Insert {
      requireWidth(relation, after);
    }

    public Insert(Relation relation, Row after) {
      this(relation, after, true);
    }

    @Override
    public List<Relation> relations() {
      return List.of(relation);
    }

    @Override
    public long size() {
      return 2 + after.size();
    }
  }

  /**
   * A row's new values.
   *
   * @param before what identified the row, if that is not what {@code after} has in the key
   *     columns: the former values of the key columns with all others {@link Value.Unchanged}, or,
   *     for a table without a key, all former values. Always present for a table without a key.
   * @param after the new values; {@link Value.Unchanged} where the log did not repeat a large one
   */
  record Update(Relation relation, Optional<Row> before, Row after, boolean checked)
      implements Change {
    public Update {
      before.ifPresent(row -> requireWidth(relation, row));
      requireWidth(relation, after);
      if (before.isEmpty() && !relation.hasKey()) {
        throw new IllegalArgumentException(
            "update of table " + relation.table() + ", which has no key, without the former row");
      }
    }

    public Update(Relation relation, Optional<Row> before, Row after) {
      this(relation, before, after, true);
    }

    @Override
    public List<Relation> relations() {
      return List.of(relation);
    }

    @Override
    public long size() {
      return 2 + after.size() + before.map(Row::size).orElse(0L);
    }
  }

  /** A row gone; {@code before} identifies it as in {@link Update}. */
  record Delete(Relation relation, Row before, boolean checked) implements Change {
    public Delete {
      requireWidth(relation, before);
    }

    public Delete(Relation relation, Row before) {
      this(relation, before, true);
    }

    @Override
    public List<Relation> relations() {
      return List.of(relation);
    }

    @Override
    public long size() {
      return 2 + before.size();
    }
  }

  /** Tables emptied by one statement. */
  record Truncate(List<Relation> relations) implements Change {
    public Truncate {
      relations = List.copyOf(relations);
      if (relations.isEmpty()) {
        throw new IllegalArgumentException("a truncate of no table");
      }
    }

    @Override
    public long size() {
      return 2 + 2L * relations.size();
    }

    @Override
    public boolean checked() {
      return true;
    }
  }

  /** Changes after it have the shape that it made. */
  record SchemaChange(Ddl ddl) implements Change {
    @Override
    public List<Relation> relations() {
      return List.of();
    }

    @Override
    public long size() {
      return ddl.size();
    }

    @Override
    public boolean checked() {
      return true;
    }
  }

  /**
   * Where one of the source's sequences stood a moment before this was written into its log. The
   * source may have handed out more by then.
   *
   * @param last the value handed out last, with all that sessions hold in reserve ({@code CACHE})
   * @param called false if {@code last} itself is the next to be handed out
   * @param steps how far it went since it was looked at before, in its increments; 0 also if it was
   *     set to another place
   * @param within how long before that was; zero if it was not looked at before. Anything finer
   *     than a microsecond is cut off
   */
  record SequenceValue(TableName sequence, long last, boolean called, long steps, Duration within)
      implements Change {
    public SequenceValue {
      within = within.truncatedTo(ChronoUnit.MICROS);
      if (steps < 0 || within.isNegative()) {
        throw new IllegalArgumentException(
            "sequence " + sequence + " went " + steps + " steps within " + within);
      }
    }

    /** What the two tell together, if this came later: its value, and the faster pace of both. */
    public SequenceValue after(SequenceValue earlier) {
      SequenceValue faster = pace() >= earlier.pace() ? this : earlier;
      return new SequenceValue(sequence, last, called, faster.steps, faster.within);
    }

    private double pace() {
      return within.isZero() ? 0 : (double) steps / within.toNanos();
    }

    @Override
    public List<Relation> relations() {
      return List.of();
    }

    @Override
    public long size() {
      return 24L + sequence.schema().length() + sequence.table().length();
    }

    @Override
    public boolean checked() {
      return true;
    }
  }

  private static void requireWidth(Relation relation, Row row) {
    if (row.values().size() != relation.columns().size()) {
      throw new IllegalArgumentException(
          "table "
              + relation.table()
              + " has "
              + relation.columns().size()
              + " columns, the change "
              + row.values().size()
              + " values");
    }
  }
}
