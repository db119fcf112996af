package io.understudy.connectors;

import java.time.Instant;
import java.util.Optional;

/**
 * What came of asking whether a server lives.
 *
 * @param clock what the server's clock says; empty if it did not tell
 * @param detail what was seen, for people; holds no secret
 */
public record Pulse(Kind kind, Optional<Instant> clock, String detail) {

  /** What a server does when it is asked. */
  public enum Kind {
    /** It lives. It may have refused us: that is an answer, too. */
    ANSWERED,
    /** Nobody listens there, or the connection broke. */
    REFUSED,
    /** Says that it starts, stops, or has crashed. */
    NOT_READY,
    /** No answer within the limit. */
    TIMED_OUT
  }

  public boolean alive() {
    return kind == Kind.ANSWERED;
  }
}
