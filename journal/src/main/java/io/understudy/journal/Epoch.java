package io.understudy.journal;

/** Counts reigns: 1 for the first source, one more at each promotion. Fences everything older. */
public record Epoch(long value) implements Comparable<Epoch> {
  public static final Epoch FIRST = new Epoch(1);

  public Epoch {
    if (value < 1) {
      throw new IllegalArgumentException("epoch " + value + " is below 1");
    }
  }

  public Epoch next() {
    return new Epoch(Math.addExact(value, 1));
  }

  @Override
  public int compareTo(Epoch other) {
    return Long.compare(value, other.value);
  }

  @Override
  public String toString() {
    return Long.toString(value);
  }
}
