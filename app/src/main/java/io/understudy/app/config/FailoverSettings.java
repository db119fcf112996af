package io.understudy.app.config;

import java.time.Duration;
import java.util.Optional;

/**
 * When a standby is promoted without anybody asking; the meaning of each stands in {@link Key}.
 *
 * @param fenceCommand for the shell; it may hold a secret, as may the hooks
 */
public record FailoverSettings(
    Mode mode,
    Duration detectWindow,
    Duration probeInterval,
    int minObservers,
    Duration maxLag,
    Optional<Duration> maxVerifyAge,
    Duration holdDown,
    Optional<String> fenceCommand,
    boolean fenceRequired,
    Optional<String> before,
    Optional<String> after,
    Duration commandTimeout) {

  /** Who promotes. */
  public enum Mode {
    MANUAL,
    OBSERVE,
    AUTOMATIC
  }
}
