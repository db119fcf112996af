package io.understudy.applier;

/** What is done with a row, in the words of messages. */
public enum Operation {
  INSERT("insert into"),
  UPDATE("update of"),
  DELETE("delete from");

  private final String words;

  Operation(String words) {
    this.words = words;
  }

  @Override
  public String toString() {
    return words;
  }
}
