package io.understudy.app.failover;

import java.time.Duration;

/**
 * How long a change of the source may take.
 *
 * @param maxLag how far behind a target may be for a switchover to begin
 * @param maxPause how long each wait may last while nobody can write; then the source is opened
 *     again
 */
public record Limits(Duration maxLag, Duration maxPause) {
  public static final Limits DEFAULT = new Limits(Duration.ofSeconds(10), Duration.ofSeconds(30));
}
