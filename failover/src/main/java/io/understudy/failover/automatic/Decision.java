package io.understudy.failover.automatic;

import io.understudy.journal.DatabaseName;

/** What follows from a situation; with what was observed, for people. */
public sealed interface Decision {

  String reason();

  /** The source is well, as far as is known. */
  record Nothing() implements Decision {
    @Override
    public String reason() {
      return "";
    }
  }

  /** Some observer has its doubts; not enough of them, or not for long enough. */
  record Suspicion(String reason) implements Decision {}

  /** The source is dead, and yet nothing may be done. */
  record Blocked(String observed, String obstacle) implements Decision {
    @Override
    public String reason() {
      return observed + ", but " + obstacle;
    }
  }

  record Promotion(DatabaseName target, String reason) implements Decision {}
}
