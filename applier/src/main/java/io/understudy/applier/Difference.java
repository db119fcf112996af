package io.understudy.applier;

/**
 * Something in which a standby's table is not like the source's.
 *
 * @param remedy a statement
 */
public record Difference(String what, String remedy) {
  public String sentence() {
    return what + "; remedy: " + remedy;
  }
}
