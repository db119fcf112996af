package io.understudy.applier;

import java.util.Optional;

/**
 * Something in which a standby's table is not like the source's.
 *
 * @param remedy what removes it, for people
 * @param statement SQL that does when it is run there as it stands; empty where that is not said
 */
public record Difference(String what, String remedy, Optional<String> statement) {

  public Difference(String what, String remedy) {
    this(what, remedy, Optional.empty());
  }

  public static Difference removedBy(String statement, String what) {
    return new Difference(what, statement, Optional.of(statement));
  }

  public String sentence() {
    return what + "; remedy: " + remedy;
  }
}
