package io.understudy.connectors;

import java.util.Optional;

/**
 * Something that stands in the way of mirroring, or that should not be as it is.
 *
 * @param object what it is about: a setting, a table, a role
 * @param problem what is wrong, to follow the object
 * @param why what comes of it
 * @param remedy the statement or setting that removes it, for people
 * @param statement SQL that removes it when it is run there as it stands, by a superuser or, where
 *     that suffices, an owner; empty if that takes a decision, or something that is no SQL
 */
public record Obstacle(
    String object, String problem, String why, String remedy, Optional<String> statement) {

  public Obstacle(String object, String problem, String why, String remedy) {
    this(object, problem, why, remedy, Optional.empty());
  }

  /**
   * @param words that go on behind the statement, for people
   */
  public static Obstacle removedBy(
      String statement, String words, String object, String problem, String why) {
    return new Obstacle(object, problem, why, statement + words, Optional.of(statement));
  }

  /** All but the remedy, for people. */
  public String sentence() {
    return object + " " + problem + ": " + why;
  }
}
