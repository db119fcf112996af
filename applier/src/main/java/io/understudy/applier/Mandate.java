package io.understudy.applier;

import io.understudy.journal.Epoch;
import java.util.Optional;

/**
 * By what a database tells whose word about it is the latest: the epoch that a change of the source
 * began in, and how often that change was begun or resumed.
 */
public record Mandate(Epoch epoch, int attempt) implements Comparable<Mandate> {
  private static final String PREFIX = "mandate ";

  @Override
  public int compareTo(Mandate other) {
    int byEpoch = epoch.compareTo(other.epoch);
    return byEpoch != 0 ? byEpoch : Integer.compare(attempt, other.attempt);
  }

  /** As the owner of a progress row. */
  public String owner() {
    return PREFIX + epoch + " " + attempt;
  }

  /** Empty for an owner that is none. */
  public static Optional<Mandate> of(String owner) {
    if (!owner.startsWith(PREFIX)) {
      return Optional.empty();
    }
    String[] words = owner.substring(PREFIX.length()).split(" ", -1);
    return Optional.of(
        new Mandate(new Epoch(Long.parseLong(words[0])), Integer.parseInt(words[1])));
  }
}
