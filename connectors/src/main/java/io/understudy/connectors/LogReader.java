package io.understudy.connectors;

import java.util.Arrays;
import java.util.Optional;

/** Which reader a source is read by, where there is a choice: on PostgreSQL. */
public enum LogReader {
  /** Understudy's own, which passes values on as the server prints them. */
  NATIVE("native"),
  /** Debezium's connector. */
  DEBEZIUM("debezium");

  private final String word;

  LogReader(String word) {
    this.word = word;
  }

  /** As it is written in {@code mirror.yaml}. */
  public String word() {
    return word;
  }

  public static Optional<LogReader> of(String word) {
    return Arrays.stream(values()).filter(reader -> reader.word.equals(word)).findFirst();
  }
}
