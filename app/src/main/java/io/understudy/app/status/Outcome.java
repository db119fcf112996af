package io.understudy.app.status;

import io.understudy.journal.MirrorException;
import java.time.Instant;
import java.util.Optional;

/**
 * What came of a question to a server.
 *
 * @param value the answer; empty if there was none
 * @param failure why there was none, for people; holds no secret
 * @param asked when, by this machine's clock
 * @param came when the answer was there
 */
record Outcome<T>(Optional<T> value, String failure, Instant asked, Instant came) {

  static <T> Outcome<T> answered(T value, Instant asked, Instant came) {
    return new Outcome<>(Optional.of(value), "", asked, came);
  }

  static <T> Outcome<T> failed(Exception failure, Instant asked, Instant came) {
    return new Outcome<>(Optional.empty(), describe(failure), asked, came);
  }

  static <T> Outcome<T> late(Instant asked, Instant now) {
    long seconds = Math.max(1, java.time.Duration.between(asked, now).toSeconds());
    return new Outcome<>(Optional.empty(), "no answer for " + seconds + " s", asked, now);
  }

  StatusReport.Answer reachable() {
    return value.isPresent() ? StatusReport.Answer.YES : new StatusReport.Answer(false, failure);
  }

  private static String describe(Exception failure) {
    if (failure instanceof MirrorException mirror) {
      return mirror.remedy().isEmpty()
          ? mirror.getMessage()
          : mirror.getMessage() + " (" + mirror.remedy() + ")";
    }
    // The text of a foreign exception may hold anything.
    return "internal error: " + failure.getClass().getName();
  }
}
