package io.understudy.app.check;

import java.util.Optional;

/**
 * Something that stands in the way of a mirror, or that will harm it one day.
 *
 * @param severity which of the two
 * @param where the database, or {@code journal}
 * @param what a sentence, which names the object
 * @param why what comes of it
 * @param remedy the statement or setting that removes it, for people
 * @param statement SQL that removes it when it is run there as it stands
 */
public record Finding(
    Severity severity,
    String where,
    String what,
    String why,
    String remedy,
    Optional<String> statement) {

  /** How bad it is. */
  public enum Severity {
    /** A mirror cannot be made, or not run. */
    OBSTACLE,
    /** It can, and something should not be as it is. */
    WARNING
  }
}
