package io.understudy.app.chaos;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What PostgreSQL's native reader was doing, by what its process logged before it died. */
enum Situation {
  STARTING,
  STREAMING,
  BITING,
  /** Reads nothing since it left the stream. */
  LEAVING_THE_STREAM,
  /** Reads nothing since it had enough of bites. */
  LEAVING_BITES;

  /** What changes it: the reader begins, anew perhaps after a failure, or changes its mode. */
  private static final Pattern CHANGE =
      Pattern.compile(
          "Reader reading on after|Mode slot \\S+ is read: (?<from>[A-Z]+) -> (?<to>[A-Z]+)");

  static Situation after(String log) {
    Situation situation = STARTING;
    for (Matcher change = CHANGE.matcher(log); change.find(); ) {
      situation = change.group("to") == null ? STARTING : of(change);
    }
    return situation;
  }

  private static Situation of(Matcher change) {
    return switch (change.group("to")) {
      case "STREAM" -> STREAMING;
      case "BITES" -> BITING;
      default -> change.group("from").equals("STREAM") ? LEAVING_THE_STREAM : LEAVING_BITES;
    };
  }
}
