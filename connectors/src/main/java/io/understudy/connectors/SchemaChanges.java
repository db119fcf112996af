package io.understudy.connectors;

import java.util.Arrays;
import java.util.Optional;

/** What becomes of statements that change the source's schema. */
public enum SchemaChanges {
  /** They travel in the journal, and standbys run them. */
  APPLY("apply"),
  /** They travel in the journal, and standbys wait in front of each for somebody's word. */
  HOLD("hold"),
  /** They are not looked at: whoever changes the source's schema changes the standbys' too. */
  IGNORE("ignore");

  private final String word;

  SchemaChanges(String word) {
    this.word = word;
  }

  /** As it is written in {@code mirror.yaml}. */
  public String word() {
    return word;
  }

  /**
   * @param word as it is written in {@code mirror.yaml}
   */
  public static Optional<SchemaChanges> of(String word) {
    return Arrays.stream(values()).filter(mode -> mode.word.equals(word)).findFirst();
  }
}
