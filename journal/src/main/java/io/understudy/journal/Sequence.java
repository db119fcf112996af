package io.understudy.journal;

/**
 * The dense number of a transaction in the journal: 1, 2, 3, … Zero stands before the first
 * transaction.
 */
public record Sequence(long value) implements Comparable<Sequence> {
  public static final Sequence ZERO = new Sequence(0);

  public Sequence {
    if (value < 0) {
      throw new IllegalArgumentException("sequence " + value + " is negative");
    }
  }

  public Sequence next() {
    return new Sequence(Math.addExact(value, 1));
  }

  /** How many transactions lie after {@code earlier}, up to and with this one. */
  public long minus(Sequence earlier) {
    return value - earlier.value;
  }

  @Override
  public int compareTo(Sequence other) {
    return Long.compare(value, other.value);
  }

  @Override
  public String toString() {
    return Long.toString(value);
  }
}
