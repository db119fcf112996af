package io.understudy.app.status;

import io.understudy.app.status.StatusReport.Answer;
import io.understudy.app.status.StatusReport.Answer.State;
import io.understudy.journal.MirrorException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What came of a question to a server.
 *
 * @param value the answer; empty if there was none
 * @param answer that there was a value, or why there was none, for people; holds no secret
 * @param asked when, by this machine's clock
 * @param came when the answer was there
 */
record Outcome<T>(Optional<T> value, Answer answer, Instant asked, Instant came) {

  static <T> Outcome<T> answered(T value, Instant asked, Instant came) {
    return new Outcome<>(Optional.of(value), Answer.YES, asked, came);
  }

  static <T> Outcome<T> failed(RuntimeException failure, Instant asked, Instant came) {
    return new Outcome<>(Optional.empty(), describe(failure), asked, came);
  }

  static <T> Outcome<T> late(Instant asked, Instant now) {
    long seconds = Math.max(1, Duration.between(asked, now).toSeconds());
    Answer none = new Answer(State.UNREACHABLE, "no answer for " + seconds + " s");
    return new Outcome<>(Optional.empty(), none, asked, now);
  }

  private static Answer describe(RuntimeException failure) {
    if (failure instanceof MirrorException.Transient away) {
      return new Answer(State.UNREACHABLE, away.getMessage());
    }
    if (failure instanceof MirrorException mirror) {
      return new Answer(State.UNUSABLE, mirror.getMessage() + " (" + mirror.remedy() + ")");
    }
    // The text of a foreign exception may hold anything.
    return new Answer(State.UNUSABLE, "internal error: " + failure.getClass().getName());
  }
}
